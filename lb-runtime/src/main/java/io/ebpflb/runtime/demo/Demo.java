package io.ebpflb.runtime.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Real HTTP requests from one network namespace to three backends in others, through a balancer of
 * its own: split by weight, then with one backend killed, then with it back.
 */
public final class Demo {
  private static final int[] WEIGHTS = {50, 30, 20};
  private static final int VICTIM = 2;
  private static final int REQUESTS_MIN = 1000;
  private static final double SHARE_TOLERANCE_PERCENT = 5;
  private static final long FAILOVER_MILLIS_MAX = 1500;
  private static final int VISITORS = 8;
  private static final int KEEPERS = 20;
  private static final Duration PAUSE = Duration.ofMillis(12);
  private static final Duration STEADY = Duration.ofSeconds(6);
  private static final Duration OUTAGE = Duration.ofSeconds(5);
  private static final Duration AFTERWARDS = Duration.ofSeconds(6);
  private static final Duration REDRAW = Duration.ofMillis(250);

  private final Screen screen;
  private final Promises promises;
  private final DemoHosts hosts;
  private final Clients clients;

  private Demo(Screen screen, DemoHosts hosts) {
    this.screen = screen;
    this.promises = new Promises(screen);
    this.hosts = hosts;
    this.clients = new Clients(hosts.service(), PAUSE);
  }

  /**
   * Takes about half a minute; the process needs to be root.
   *
   * @param balancerCommand what starts a balancer when {@code run -c FILE} is appended
   * @return whether everything that it promises was seen
   * @throws java.io.IOException if the machine refuses, or a part does not start
   */
  public static boolean run(PrintWriter out, List<String> balancerCommand) throws Exception {
    Screen screen = Screen.of(out);
    screen.print("Making network namespaces: a client, a balancer and three backends ...");
    try (DemoHosts hosts = DemoHosts.create(WEIGHTS.length)) {
      return new Demo(screen, hosts).run(balancerCommand);
    }
  }

  private boolean run(List<String> balancerCommand) throws Exception {
    for (int i = 1; i <= WEIGHTS.length; i++) {
      hosts.startServer(i);
    }
    String config = config();
    screen.heading("The balancer runs with this lb.toml");
    config.lines().forEach(line -> screen.print("    " + line));
    long start = System.nanoTime();
    hosts.startBalancer(balancerCommand, config);
    screen.print("");
    screen.print(
        "The first request was answered %d ms after the balancer's start."
            .formatted(millisSince(start)));
    try (clients) {
      clients.start(hosts.topology().client(), VISITORS, KEEPERS);
      steady();
      outage();
      recovery();
      conversations();
    }
    promises.check(hosts.stopBalancer() == 0, "the balancer stops in order");
    if (!promises.allKept()) {
      screen.heading("The balancer said");
      hosts.balancerLog().forEach(line -> screen.print("    " + line));
    }
    return promises.allKept();
  }

  private String config() {
    String links =
        hosts.topology().balancerLinks().stream()
            .map("\"%s\""::formatted)
            .collect(Collectors.joining(", "));
    StringBuilder config = new StringBuilder();
    config.append("[dataplane]\ninterfaces = [%s]\nhook = \"xdp\"\n\n".formatted(links));
    config.append("[admin]\nsocket = \"%s\"\n\n".formatted(hosts.adminSocket()));
    config.append("[[service]]\nname = \"web\"\nlisten = \"%s\"\n".formatted(serviceEndpoint()));
    config.append(
        "health-check = { type = \"http\", path = \"/\", interval = \"500ms\","
            + " timeout = \"2s\", rise = 2, fall = 2 }\n");
    for (int i = 1; i <= WEIGHTS.length; i++) {
      Namespace backend = hosts.topology().backend(i);
      config.append(
          "\n  [[service.target]]            # %s\n  address = \"%s\"\n  weight = %d\n"
              .formatted(
                  DemoHosts.name(i),
                  backend.endpoint(Family.IPV4, DemoHosts.BACKEND_PORT),
                  WEIGHTS[i - 1]));
    }
    return config.toString();
  }

  private String serviceEndpoint() {
    return hosts.topology().balancer().endpoint(Family.IPV4, DemoHosts.SERVICE_PORT);
  }

  private void steady() throws InterruptedException {
    screen.heading("Real requests, a new connection for each");
    Tally tally = watch(STEADY, new Tally());
    promises.check(tally.answered() >= REQUESTS_MIN, "%d requests were answered", tally.answered());
    promises.check(tally.failures().isEmpty(), "%d requests failed", tally.failures().size());
    boolean isNear =
        IntStream.rangeClosed(1, WEIGHTS.length)
            .allMatch(
                i ->
                    Math.abs(tally.sharePercent(DemoHosts.name(i)) - configuredPercent(i))
                        <= SHARE_TOLERANCE_PERCENT);
    promises.check(isNear, "shares are as configured, to %.0f points", SHARE_TOLERANCE_PERCENT);
  }

  private void outage() throws InterruptedException {
    String victim = DemoHosts.name(VICTIM);
    screen.heading("Now %s is killed".formatted(victim));
    long killed = System.nanoTime();
    hosts.killServer(VICTIM);
    Tally tally = watch(OUTAGE, new Tally());
    long failoverMillis =
        tally.failures().stream()
            .mapToLong(o -> (o.endNanos() - killed) / 1_000_000)
            .max()
            .orElse(0);
    promises.check(
        failoverMillis <= FAILOVER_MILLIS_MAX,
        "new connections avoid %s after %d ms; until then %d of them failed, %d others were answered",
        victim,
        failoverMillis,
        tally.failures().size(),
        tally.answered());
  }

  private void recovery() throws Exception {
    String victim = DemoHosts.name(VICTIM);
    screen.heading("And %s is started again".formatted(victim));
    long restarted = System.nanoTime();
    hosts.startServer(VICTIM);
    Tally tally = watch(AFTERWARDS, new Tally());
    OptionalLong back = tally.firstAnswerNanos(victim);
    promises.check(
        back.isPresent(),
        "%s has requests again, %d ms after its start",
        victim,
        (back.orElse(System.nanoTime()) - restarted) / 1_000_000);
    promises.check(tally.failures().isEmpty(), "%d requests failed", tally.failures().size());
  }

  private void conversations() {
    Tally tally = new Tally();
    tally.add(clients.takeConversations());
    List<Outcome> broken =
        tally.failures().stream()
            .filter(o -> !o.problem().startsWith(DemoHosts.name(VICTIM) + ":"))
            .toList();
    screen.heading("%d connections were kept open all the time".formatted(KEEPERS));
    promises.check(
        broken.isEmpty() && tally.answered() > KEEPERS,
        "of those to other backends %d broke, %d requests over them were answered",
        broken.size(),
        tally.answered());
  }

  /** Collects and draws until the time is over. */
  private Tally watch(Duration time, Tally tally) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Thread.sleep(REDRAW.toMillis());
      tally.add(clients.takeVisits());
      screen.table(table(tally), false);
    }
    screen.table(table(tally), true);
    return tally;
  }

  private List<String> table(Tally tally) {
    List<String> lines = new ArrayList<>();
    lines.add("  backend     configured   observed   answers       p50       p99");
    for (int i = 1; i <= WEIGHTS.length; i++) {
      String name = DemoHosts.name(i);
      lines.add(
          "  %-10s %9.0f %% %8.1f %% %9d %6.2f ms %6.2f ms"
              .formatted(
                  name,
                  configuredPercent(i),
                  tally.sharePercent(name),
                  tally.answeredBy(name),
                  tally.percentileMillis(name, 50),
                  tally.percentileMillis(name, 99)));
    }
    lines.add("  failed     %34d".formatted(tally.failures().size()));
    return lines;
  }

  private static double configuredPercent(int number) {
    return 100.0 * WEIGHTS[number - 1] / IntStream.of(WEIGHTS).sum();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
