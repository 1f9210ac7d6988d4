package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.plugin.PluginJarFixture;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plugins that do harm, each with a service of its own, beside one that works: clients of all of
 * them notice nothing, and the list of plugins says what is wrong.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePluginIT {
  private static final String STOP = "fixture.hostile.stop";
  private static final String FOR_EVER = "while (!Boolean.getBoolean(\"" + STOP + "\")) { %s } ";
  private static final String SLEEP =
      "try { Thread.sleep(10); } catch (InterruptedException e) { /* goes on */ }";
  private static final int FIRST_PORT = 81;
  private static final int TALKERS = 15;
  private static final long AWAIT_SECONDS = 40;

  /** What the check of each does. */
  private static final Map<String, String> HARM =
      Map.of(
          "throws",
          "throw new IllegalStateException(\"boom\");",
          "answers-null",
          "return null;",
          "sleeps",
          FOR_EVER.formatted(SLEEP) + "return null;",
          "spins",
          FOR_EVER.formatted("") + "return null;");

  /** What the list says of it. */
  private static final Map<String, String> REASONS =
      Map.of(
          "throws", "IllegalStateException: boom",
          "answers-null", "it answered null",
          "sleeps", "until the balancer is restarted",
          "spins", "until the balancer is restarted");

  @TempDir private Path directory;

  @AfterEach
  void letThreadsEnd() {
    System.setProperty(STOP, "true");
  }

  @Test
  void nobodyNoticesAndTheListSaysWhatIsWrong() throws Exception {
    System.clearProperty(STOP);
    Path folder = plugins();
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2)) {
      assertThat(servers).isNotNull();
      Path config = directory.resolve("lb.toml");
      Files.writeString(config, config(topology));
      try (LoadBalancer balancer =
              Within.namespace(
                  topology.balancer(), () -> LoadBalancer.start(Options.of(config, folder)));
          Talkers talkers = Talkers.begin(topology, TALKERS, services(topology))) {
        List<PluginStatus> plugins = awaitQuarantine(balancer);
        assertThat(talkers.finish()).isGreaterThan(TALKERS * 10);
        assertThat(plugins)
            .filteredOn(each -> each.id().equals("works"))
            .extracting(PluginStatus::state)
            .containsExactly(State.STARTED);
      }
    }
  }

  /** What the list says once it says of all of them at a time what is wrong. */
  private static List<PluginStatus> awaitQuarantine(LoadBalancer balancer)
      throws InterruptedException {
    long deadline = System.nanoTime() + AWAIT_SECONDS * 1_000_000_000L;
    while (true) {
      List<PluginStatus> plugins = balancer.plugins();
      if (REASONS.keySet().stream().allMatch(plugin -> isQuarantined(plugins, plugin))) {
        return plugins;
      }
      assertThat(System.nanoTime())
          .as(() -> "not all quarantined: " + plugins)
          .isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static boolean isQuarantined(List<PluginStatus> plugins, String plugin) {
    return plugins.stream()
        .anyMatch(
            each ->
                each.id().equals(plugin)
                    && each.state() == State.QUARANTINED
                    && each.reason().contains(REASONS.get(plugin)));
  }

  private Path plugins() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("plugins"));
    HARM.forEach((id, harm) -> plugin(id, harm).write(folder.resolve(id + ".jar")));
    plugin("works", "return CompletableFuture.completedFuture(CheckResult.passed(\"ok\"));")
        .write(folder.resolve("works.jar"));
    return folder;
  }

  private static PluginJarFixture plugin(String id, String statements) {
    return PluginJarFixture.checker(id, id, "{ " + statements + " }").forThisApi();
  }

  private String config(Topology topology) {
    LbToml toml = new LbToml(topology, "xdp");
    int port = FIRST_PORT;
    for (String plugin : names()) {
      String check =
          "health-check = { type = \"%s\", interval = \"200ms\", timeout = \"200ms\" }"
              .formatted(plugin);
      toml.service(plugin, Family.IPV4, "tcp", port++, check, 1, 1);
    }
    return toml.text(directory.resolve("lb.sock"));
  }

  private static List<String> names() {
    return List.of("works", "throws", "answers-null", "sleeps", "spins");
  }

  private static InetSocketAddress[] services(Topology topology) {
    InetSocketAddress[] services = new InetSocketAddress[names().size()];
    for (int i = 0; i < services.length; i++) {
      services[i] = new InetSocketAddress(topology.balancer().ipv4(), FIRST_PORT + i);
    }
    return services;
  }
}
