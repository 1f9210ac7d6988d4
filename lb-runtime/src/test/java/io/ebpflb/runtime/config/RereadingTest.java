package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a config: a reload makes of it what it would without the one in force. */
class RereadingTest {
  private static final Path FILE = Path.of("lb.toml");

  private static final String HEAD =
      """
      [dataplane]
      interfaces = ["eth0"]
      max-services = 8
      [defaults.health-check]
      type = "http"
      interval = "5s"
      """;
  private static final List<String> SERVICES =
      List.of(
          """
          [[service]]
          name = "a"
          listen = "10.1.0.1:80"
          health-check = { path = "/a", password = "hunter2" }
          target = [
            { address = "10.2.0.1:80" }, # first
            { address = "10.2.0.2:80", weight = 0.5 },
          ]

          """,
          """
          [[service]]
          name = "b"
          listen = "10.1.0.2:80"
          algorithm = "least-connections"
          # two
            [[service.target]]
            address = "10.2.0.1:81"
            [[service.target]]
            host = "x.y"
            port = 1
          """,
          """
          [[service]]
          name = "c"
          listen = "[2001:db8::1]:80"
          target = [ { address = "[2001:db8::2]:80" } ]
          [service.rate-limit]
          clients = { per-second = 5 }
          """,
          """
          [[service]]
          name = "d"
          listen = "*:53"
          protocol = "udp"
          target = [ { address = "10.1.0.2:80" } ]
          [[service.source-route]]
          source = "10.0.0.0/8"
          target = [ { address = "10.2.0.4:53" } ]
          """,
          """
          [[service]]
          name = "e"
          listen = "10.1.0.5:80"
          target = [
          { address = "10.2.0.5:80" } ]
          [reload]
          watch = false
          [service.circuit-breaker]
          open-duration = "1s"
          """);

  /** What makes another thing of the lines around it, or nothing at all. */
  private static final List<String> LINES =
      List.of(
          "x = \"\"\"",
          "\"\"\"",
          "'''",
          "target = [",
          "]",
          "}",
          "health-check = { type = \"tcp\"",
          "[[service]]",
          "  [[service]]",
          "[ [service] ]",
          "[[ service ]]",
          "[service]",
          "[service.rate-limit]",
          "burst = 2.0",
          "[[service.target]]",
          "address = \"10.2.0.9:80\"",
          "[defaults.health-check]",
          "[defaults.circuit-breaker]",
          "open-duration = \"7s\"",
          "interval = \"9s\"",
          "type = \"tcp\"",
          "name = \"a\"",
          "[plugin.dns]",
          "[metrics]",
          "max-backends = 3",
          "# a comment",
          "\t",
          "");

  /** A second or so; a thousand find no more unless something is changed. */
  private static final int ROUNDS = Integer.getInteger("lb.rounds", 150);

  private final FakeCatalog catalog = new FakeCatalog();

  @Test
  void oneService() throws Exception {
    BoundConfig running = load(config(SERVICES));

    assertThat(stays(running, config(SERVICES).replace("10.2.0.2:80", "10.2.0.3:80")))
        .containsExactly("b", "c", "d");
  }

  @Test
  void nothingButTheOrder() throws Exception {
    BoundConfig running = load(config(SERVICES));
    List<String> reversed = new ArrayList<>(SERVICES);
    Collections.reverse(reversed);

    assertThat(stays(running, config(reversed))).containsExactly("d", "c", "b", "a");
  }

  @Test
  void allServicesOnceTheirDefaultsAreOthers() throws Exception {
    BoundConfig running = load(config(SERVICES));

    assertThat(stays(running, config(SERVICES).replace("5s", "6s"))).isEmpty();
    assertThat(stays(running, config(SERVICES).replace("max-services = 8\n", "max-services=8\n")))
        .containsExactly("a", "b", "c", "d");
  }

  @Test
  void allServicesOnceSomethingElseIsOnOffer() throws Exception {
    ConfigText text = ConfigText.of(FILE, config(SERVICES));
    FakeCatalog others = new FakeCatalog();
    BoundConfig running = new BoundConfig(text, others, ConfigLoader.load(text, others));

    assertThat(stays(running, config(SERVICES))).isEmpty();
  }

  @Test
  void aServiceThatHasLostAPartElsewhere() throws Exception {
    BoundConfig running = load(config(SERVICES));
    String without = config(SERVICES).replaceAll("\\[service.circuit-breaker]\n.*\n", "");

    assertThat(reload(running, without)).isEqualTo(afresh(running, without));
  }

  @Test
  void whatIsWrongIsToldWithTheLinesOfTheFile() throws Exception {
    BoundConfig running = load(config(SERVICES));
    String clash = config(SERVICES).replace("\"10.1.0.5:80\"", "\"10.1.0.2:80\"");

    assertThat(reload(running, clash).toString())
        .contains("lb.toml:42: service \"e\" > listen: another service listens here, in line 18");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anything(long seed) throws Exception {
    Random random = new Random(seed);
    BoundConfig running = load(config(SERVICES));
    int accepted = 0;
    int kept = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = changed(running.text().text(), random);
      Object result = reload(running, text);
      assertThat(result).as(text).isEqualTo(afresh(running, text));
      if (result instanceof Configuration next) {
        accepted++;
        kept += same(running, next).isEmpty() ? 0 : 1;
        boolean goesOn = next.services().size() > 2 && random.nextInt(8) > 0;
        running =
            goesOn
                ? new BoundConfig(ConfigText.of(FILE, text), catalog, next)
                : load(config(SERVICES));
      }
    }
    assertThat(accepted).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
    assertThat(kept).isGreaterThan(accepted / 2);
  }

  private static String changed(String text, Random random) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("(?<=\n)")));
    for (int i = random.nextInt(2); i >= 0; i--) {
      change(lines, random);
    }
    return String.join("", lines);
  }

  private static void change(List<String> lines, Random random) {
    int at = random.nextInt(lines.size());
    switch (random.nextInt(8)) {
      case 0 -> lines.add(at, LINES.get(random.nextInt(LINES.size())) + "\n");
      case 1 -> lines.set(at, LINES.get(random.nextInt(LINES.size())) + "\n");
      case 2 -> lines.remove(at);
      case 3 -> lines.set(at, lines.get(at).replace("1", "" + random.nextInt(10)));
      case 4 -> lines.set(at, lines.get(at).replace("\n", random.nextBoolean() ? "" : "\r\n"));
      case 5 ->
          lines.addAll(at, List.of(SERVICES.get(random.nextInt(SERVICES.size())).split("(?<=\n)")));
      case 6 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      default -> {
        // A service and what stands before it change places.
        int header = lines.subList(at, lines.size()).indexOf("[[service]]\n");
        Collections.rotate(lines.subList(at, lines.size()), -Math.max(0, header));
      }
    }
  }

  private static String config(List<String> services) {
    return HEAD + String.join("", services);
  }

  private BoundConfig load(String text) throws ConfigException {
    ConfigText config = ConfigText.of(FILE, text);
    return new BoundConfig(config, catalog, ConfigLoader.load(config, catalog));
  }

  /** The config, or what is said of it. */
  private Object reload(BoundConfig running, String text) {
    try {
      return ConfigLoader.reload(ConfigText.of(FILE, text), catalog, running);
    } catch (ConfigException refused) {
      return refused.getMessage();
    }
  }

  private Object afresh(BoundConfig running, String text) {
    try {
      return ConfigLoader.reloadAfresh(ConfigText.of(FILE, text), catalog, running);
    } catch (ConfigException refused) {
      return refused.getMessage();
    }
  }

  /** Names of services that are the same objects in another text. */
  private List<String> stays(BoundConfig running, String text) throws ConfigException {
    Configuration next = ConfigLoader.reload(ConfigText.of(FILE, text), catalog, running);
    assertThat(next).isEqualTo(ConfigLoader.load(ConfigText.of(FILE, text), catalog));
    return same(running, next);
  }

  private static List<String> same(BoundConfig running, Configuration next) {
    return next.services().stream()
        .filter(service -> running.configuration().services().stream().anyMatch(s -> s == service))
        .map(Service::name)
        .toList();
  }
}
