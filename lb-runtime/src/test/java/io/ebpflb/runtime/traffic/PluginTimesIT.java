package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.plugin.PluginJarFixture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How soon a dropped JAR counts where packets go, and what many plugins add to a start: of the real
 * program. Beside other work the bounds are loose; a long run has the machine to itself.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PluginTimesIT {
  private static final Duration EFFECT_MAX = Duration.ofSeconds(Checkout.isLongRun() ? 2 : 20);
  private static final Duration MANY_MAX = Duration.ofSeconds(Checkout.isLongRun() ? 1 : 20);
  private static final int STARTS = Checkout.isLongRun() ? 5 : 1;
  private static final int MANY = Checkout.isLongRun() ? 50 : 10;

  /** So many answers of one backend alone are no chance: 2 to the power of -20. */
  private static final int ANSWERS_IN_A_ROW = 20;

  @TempDir private Path directory;

  private Path folder(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  private static PluginJarFixture modifier(String version, String factors) {
    return PluginJarFixture.plugin("scale", version)
        .forThisApi()
        .extensions(
            "Extension.weightModifier(\"scale\", NoConfig.class, (c, x) -> group -> "
                + factors
                + ")");
  }

  @Test
  void aDroppedJarMovesNewConnectionsSoon() throws Exception {
    Path plugins = folder("plugins");
    modifier("1.0.0", "new double[] {1, 1}").write(plugins.resolve("scale.jar"));
    Path next = modifier("1.1.0", "new double[] {0, 1}").write(directory.resolve("next.jar"));
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2)) {
      assertThat(servers).isNotNull();
      LbToml config =
          new LbToml(topology, "xdp").service("web", Family.IPV4, "tcp", 80, "scale = { }", 1, 1);
      InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
      try (BalancerProcess balancer = BalancerProcess.startWithPlugins(topology, config, plugins)) {
        long beganNanos = System.nanoTime();
        Files.move(next, plugins.resolve("scale.jar"), StandardCopyOption.REPLACE_EXISTING);
        long aloneNanos =
            Within.namespace(topology.client(), () -> awaitAlone(web, Servers.name(2)));

        Duration took = Duration.ofNanos(aloneNanos - beganNanos);
        System.out.printf("from dropping a JAR to its effect: %d ms%n", took.toMillis());
        assertThat(took).as(balancer.log()).isPositive().isLessThan(EFFECT_MAX);
      }
    }
  }

  /** When this one began to answer all new connections. */
  private static long awaitAlone(InetSocketAddress web, String name) throws IOException {
    long deadline = System.nanoTime() + EFFECT_MAX.multipliedBy(2).toNanos();
    long aloneSinceNanos = System.nanoTime();
    for (int inARow = 0; inARow < ANSWERS_IN_A_ROW; ) {
      boolean isIt = Conversation.nameOf(web, 0).equals(name);
      inARow = isIt ? inARow + 1 : 0;
      aloneSinceNanos = isIt ? aloneSinceNanos : System.nanoTime();
      assertThat(System.nanoTime()).as(name + " alone").isLessThan(deadline);
    }
    return aloneSinceNanos;
  }

  @Test
  void manyPluginsAddLittleToAStart() throws Exception {
    Path none = folder("none");
    Path many = folder("many");
    for (int i = 0; i < MANY; i++) {
      String name = "p" + i;
      PluginJarFixture.checker(name, name, "null").forThisApi().write(many.resolve(name + ".jar"));
    }
    List<Long> without = new ArrayList<>();
    List<Long> with = new ArrayList<>();
    try (Topology topology = Topology.create("lbt", 1, Topology.Offloads.NONE)) {
      LbToml config = new LbToml(topology, "xdp").service("web", Family.IPV4, "tcp", 80, "", 1);
      for (int i = 0; i < STARTS; i++) {
        without.add(millisToStart(topology, config, none, 0));
        with.add(millisToStart(topology, config, many, MANY));
      }
    }
    System.out.printf("ms to start with %d plugins: %s, without: %s%n", MANY, with, without);
    assertThat(Duration.ofMillis(median(with) - median(without))).isLessThan(MANY_MAX);
  }

  private static long millisToStart(Topology topology, LbToml config, Path plugins, int count)
      throws Exception {
    long beganNanos = System.nanoTime();
    try (BalancerProcess balancer = BalancerProcess.startWithPlugins(topology, config, plugins)) {
      long millis = (System.nanoTime() - beganNanos) / 1_000_000;
      assertThat(balancer.log().split("health checker \"p", -1)).hasSize(count + 1);
      return millis;
    }
  }

  private static long median(List<Long> millis) {
    return millis.stream().sorted().toList().get(millis.size() / 2);
  }
}
