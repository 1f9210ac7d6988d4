package io.ebpflb.runtime.traffic;

import static io.ebpflb.runtime.traffic.ExampleClient.ask;
import static io.ebpflb.runtime.traffic.ExampleNetwork.CLIENT;
import static io.ebpflb.runtime.traffic.ExampleNetwork.SERVICE;
import static io.ebpflb.runtime.traffic.ExampleNetwork.SERVICE_IPV6;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.DrainOutcome;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each example runs as it is, in the network that it is written for, and does what it says. */
@Tag("side-by-side")
class ExamplesIT {
  private static final Path EXAMPLES = Checkout.root().resolve("examples");
  private static final String ADMIN = "admin.toml";
  private static final String A = "10.0.0.1";
  private static final String B = "10.0.0.2";
  private static final String C = "10.0.0.3";
  private static final int TIMES = 60;

  /** What a client finds while the example runs; on a thread in the clients' namespace. */
  private interface Exercise {
    void run(Running example) throws Exception;
  }

  /** A balancer that an example was started with. */
  private record Running(LoadBalancer balancer, Path file) {
    State health(String service, String address) {
      return backend(service, address).health().state();
    }

    BackendSnapshot backend(String service, String address) {
      return balancer.services().stream()
          .filter(each -> each.name().equals(service))
          .flatMap(each -> each.backends().stream())
          .filter(each -> each.endpoint().address().getHostAddress().equals(address))
          .findFirst()
          .orElseThrow();
    }
  }

  private static final Map<String, Exercise> EXERCISES =
      Map.ofEntries(
          Map.entry("minimal.toml", each -> awaitAnswers(Set.of(A, B), web())),
          Map.entry("lb.toml", ExamplesIT::everyKey),
          Map.entry("weights.toml", ExamplesIT::weights),
          Map.entry("source-routes.toml", ExamplesIT::sourceRoutes),
          Map.entry("algorithms.toml", ExamplesIT::algorithms),
          Map.entry("health-tcp.toml", ExamplesIT::healthByTcp),
          Map.entry("health-http.toml", ExamplesIT::healthByHttp),
          Map.entry("health-per-target.toml", ExamplesIT::healthPerTarget),
          Map.entry("recovery.toml", ExamplesIT::recovery),
          Map.entry("drain.toml", ExamplesIT::drain),
          Map.entry("reload.toml", ExamplesIT::reload),
          Map.entry("metrics.toml", ExamplesIT::metrics),
          Map.entry(ADMIN, ExamplesIT::admin),
          Map.entry("dns.toml", ExamplesIT::dns),
          Map.entry("circuit-breaker.toml", ExamplesIT::circuitBreaker),
          Map.entry("ipv6.toml", ExamplesIT::ipv6),
          Map.entry("udp.toml", ExamplesIT::udp),
          Map.entry("wildcard.toml", ExamplesIT::wildcard),
          Map.entry("hook.toml", ExamplesIT::hook));

  private static ExampleNetwork network;
  private static ExampleServers servers;

  @BeforeAll
  static void build() throws Exception {
    network = ExampleNetwork.create();
    servers = new ExampleServers(network);
    servers.names().answer(ExamplesIT::name);
  }

  @AfterAll
  static void remove() throws IOException {
    if (servers != null) {
      servers.close();
    }
    if (network != null) {
      network.close();
    }
  }

  static Set<String> examples() {
    return new TreeSet<>(EXERCISES.keySet());
  }

  @Test
  void everyExampleIsExercised() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files.map(each -> each.getFileName().toString()).filter(n -> n.endsWith(".toml")))
          .containsExactlyInAnyOrderElementsOf(EXERCISES.keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void does(String name) throws Exception {
    Path file = Checkout.scratch().resolve("example-" + name);
    String text = withPlaces(name, Files.readString(EXAMPLES.resolve(name)));
    if (name.equals(ADMIN)) {
      AdminExample.prepare(text);
    }
    Files.writeString(file, text);
    Options options = Options.of(file, Checkout.root().resolve("plugins"));
    try (LoadBalancer balancer =
        Within.namespace(network.balancer(), () -> LoadBalancer.start(options))) {
      Within.namespace(
          network.clients(),
          () -> {
            EXERCISES.get(name).run(new Running(balancer, file));
            return null;
          });
      assertThat(balancer.problem()).isEmpty();
    }
  }

  /** The socket and the state file are where they disturb no other balancer of this machine. */
  private static String withPlaces(String name, String text) throws IOException {
    String places =
        "[admin]\nsocket = \"/tmp/lbx-%d.sock\"\nstate = \"%s\"\n"
            .formatted(ProcessHandle.current().pid(), files().resolve(name + ".state.json"));
    String here = text.replaceAll("/(etc|var/log)/ebpf-lb(?=/)", files().toString());
    return here.contains("\n[admin]\n")
        ? here.replace("\n[admin]\n", "\n" + places)
        : here + "\n" + places;
  }

  private static Path files() throws IOException {
    String name = "example-%d.d".formatted(ProcessHandle.current().pid());
    return Files.createDirectories(Checkout.scratch().resolve(name));
  }

  private static void everyKey(Running example) throws Exception {
    Set<String> webServers = Set.of(A, B, C);
    awaitAnswers(webServers, web());
    assertThat(ask(ExampleNetwork.CLIENT_ROUTED, web(), 10)).containsOnlyKeys("10.0.0.9");
    await(() -> example.health("web-ipv6", "2001:db8:1:0:0:0:0:1") == State.UP);
  }

  private static void weights(Running example) throws Exception {
    Map<String, Integer> answers = ask(CLIENT, web(), 300);
    assertThat(answers.get(A)).isBetween(150, 260);
    assertThat(answers).containsOnlyKeys(A, B, C);
    example
        .balancer()
        .operations()
        .setWeight("web", "10.0.0.9:8080", OptionalDouble.of(1_000_000))
        .join();
    awaitAnswers(Set.of("10.0.0.9"), web());
  }

  private static void sourceRoutes(Running example) throws Exception {
    assertThat(ask(CLIENT, web(), TIMES)).containsOnlyKeys(A, B);
    assertThat(ask(ExampleNetwork.CLIENT_ROUTED, web(), 20)).containsOnlyKeys("10.0.0.9");
    assertThat(ask(ExampleNetwork.CLIENT_ROUTED_CLOSER, web(), TIMES))
        .containsOnlyKeys("10.0.0.10", "10.0.0.11");
  }

  private static void algorithms(Running example) throws Exception {
    for (int port : new int[] {80, 81, 83, 84}) {
      assertThat(ask(CLIENT, at(SERVICE, port), TIMES)).as("port %d", port).containsOnlyKeys(A, B);
    }
    assertThat(ask(CLIENT, at(SERVICE, 82), 20)).hasSize(1);
  }

  private static void healthByTcp(Running example) throws Exception {
    await(() -> example.health("web", A) == State.UP);
    servers.stop(A);
    try {
      await(() -> example.health("web", A) == State.DOWN);
      awaitAnswers(Set.of(B), web());
    } finally {
      servers.start(A);
    }
    awaitAnswers(Set.of(A, B), web());
  }

  private static void healthByHttp(Running example) throws Exception {
    await(() -> example.health("web", A) == State.UP && example.health("web-tls", A) == State.UP);
    servers.setSick(A, true);
    try {
      awaitAnswers(Set.of(B), web());
      await(() -> example.backend("web-tls", A).effectiveWeight() == 0);
      assertThat(example.backend("web-tls", A).health().detail()).startsWith("HTTP 503");
    } finally {
      servers.setSick(A, false);
    }
    awaitAnswers(Set.of(A, B), web());
  }

  private static void healthPerTarget(Running example) throws Exception {
    for (String checked : List.of(A, B, C)) {
      await(() -> example.health("web", checked) == State.UP);
    }
    assertThat(example.backend("web", "10.0.0.9").check()).isEmpty();
    servers.setSick(B, true);
    servers.setSick(C, true);
    servers.setSick("10.0.0.9", true);
    try {
      awaitAnswers(Set.of(A, C, "10.0.0.9"), web());
      assertThat(example.health("web", "10.0.0.9")).isEqualTo(State.UNKNOWN);
    } finally {
      List.of(B, C, "10.0.0.9").forEach(each -> servers.setSick(each, false));
    }
  }

  private static void recovery(Running example) throws Exception {
    await(() -> example.health("web", A) == State.UP);
    servers.stop(A);
    try {
      // The verdict is to be seen before the plan that follows from it.
      await(() -> example.backend("web", A).effectiveWeight() == 0);
    } finally {
      servers.start(A);
    }
    Set<Double> weights = new TreeSet<>();
    await(
        () -> {
          weights.add(example.backend("web", A).effectiveWeight());
          return weights.contains(1.0);
        });
    assertThat(weights).contains(0.25, 0.5, 0.75);
  }

  private static void drain(Running example) throws Exception {
    try (ExampleClient.Kept kept = new ExampleClient.Kept(CLIENT, web())) {
      String server = kept.get("/");
      String backend = server + ":" + ExampleServers.PORT;
      example
          .balancer()
          .operations()
          .setAdminState("web", backend, AdminState.DRAIN, Optional.empty())
          .join();
      assertThat(ask(CLIENT, web(), 20)).doesNotContainKey(server);
      assertThat(kept.get("/")).isEqualTo(server);
      assertThat(
              example.balancer().operations().awaitDrain("web", backend).get(20, TimeUnit.SECONDS))
          .isEqualTo(DrainOutcome.TIMED_OUT);
      assertThat(kept.get("/")).isEqualTo(server);
      example
          .balancer()
          .operations()
          .setAdminState("web", backend, AdminState.READY, Optional.empty())
          .join();
    }
  }

  private static void reload(Running example) throws Exception {
    awaitAnswers(Set.of(A), web());
    Files.writeString(example.file(), Files.readString(example.file()).replace(A, B));
    awaitAnswers(Set.of(B), web());
  }

  private static void metrics(Running example) throws Exception {
    ask(CLIENT, web(), 5);
    String metrics =
        Within.namespace(
            network.balancer(),
            () -> {
              try (ExampleClient.Kept admin =
                  new ExampleClient.Kept("127.0.0.1", at("127.0.0.1", 9180))) {
                return admin.get("/metrics");
              }
            });
    assertThat(metrics).contains("service=\"web\"").contains("backend=\"10.0.0.1:8080\"");
  }

  private static void admin(Running example) throws Exception {
    new AdminExample(network.servers(), files()).run();
  }

  private static void dns(Running example) throws Exception {
    awaitAnswers(Set.of(A, B, C), web());
  }

  private static Answer name(DnsServer.Question question) {
    return switch (question.name() + " " + question.type()) {
      case "backend.example.com 1" ->
          Answer.of(
              DnsServer.address(question.name(), 60, A), DnsServer.address(question.name(), 60, B));
      case "_http._tcp.example.com 33" ->
          Answer.of(DnsServer.service(question.name(), 60, 1, 1, 8080, "three.example.com"));
      case "three.example.com 1" -> Answer.of(DnsServer.address(question.name(), 60, C));
      case "backend.example.com 28", "three.example.com 28" -> Answer.of();
      default -> Answer.code(3);
    };
  }

  private static void circuitBreaker(Running example) throws Exception {
    awaitAnswers(Set.of(A, B), web());
    servers.stop(A);
    try {
      awaitAnswers(Set.of(B), web());
    } finally {
      servers.start(A);
    }
    awaitAnswers(Set.of(A, B), web());
  }

  private static void ipv6(Running example) throws Exception {
    InetSocketAddress service = at(SERVICE_IPV6, 80);
    assertThat(ask(ExampleNetwork.CLIENT_IPV6, service, TIMES))
        .containsOnlyKeys("2001:db8:1::1", "2001:db8:1::2");
    assertThat(ask(ExampleNetwork.CLIENT_IPV6_ROUTED, service, 10))
        .containsOnlyKeys("2001:db8:1::9");
    assertThat(ask(CLIENT, web(), 5)).containsOnlyKeys(A);
  }

  private static void udp(Running example) throws Exception {
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      answers.add(ExampleClient.askByDatagram(at(SERVICE, 53)));
    }
    assertThat(answers).hasSize(1).isSubsetOf(A, B);
  }

  private static void wildcard(Running example) throws Exception {
    assertThat(ask(CLIENT, web(), 5)).containsOnlyKeys(B);
    assertThat(ask(CLIENT, at("10.90.0.1", 80), 5)).containsOnlyKeys(A);
  }

  private static void hook(Running example) throws Exception {
    assertThat(example.balancer().dataPlane().description()).startsWith("tc");
    assertThat(example.balancer().dataPlane().mapUsage())
        .anyMatch(each -> each.map().equals("flows") && each.capacity() == 65_536);
    assertThat(ask(CLIENT, web(), TIMES)).containsOnlyKeys(A, B);
  }

  private static InetSocketAddress web() throws IOException {
    return at(SERVICE, 80);
  }

  private static InetSocketAddress at(String address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  /** Waits until new connections are answered by these servers, each of them, and nobody else. */
  private static void awaitAnswers(Set<String> expected, InetSocketAddress service)
      throws Exception {
    await(() -> ask(CLIENT, service, TIMES).keySet().equals(expected));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
