package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections do not notice that the config changes around them. */
@SuppressWarnings("try")
class ReloadIT {
  private static final int RELOADS = 200;
  private static final int TALKERS = 20;
  private static final int BACKENDS = 4;

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "tc, DEFAULT, IPV6"})
  void noConnectionIsLostByTwoHundredReloads(String hook, Topology.Offloads offloads, Family family)
      throws Exception {
    try (Topology topology = Topology.create("lbt", BACKENDS, offloads);
        Servers servers = new Servers(topology).start(1, 2, 3, 4)) {
      Path config = Files.createTempFile(Checkout.scratch(), "reload", ".toml");
      Path socket = Path.of("/tmp", "lbt-reload-" + ProcessHandle.current().pid() + ".sock");
      String one =
          new LbToml(topology, hook)
              .service("web", family, "tcp", 80, "", 1, 1, 1)
              .service("steady", family, "tcp", 81, "", 1, 1)
              .text(socket);
      String other =
          new LbToml(topology, hook)
              .service("new", family, "tcp", 82, "", 1, 1, 1, 1)
              .service("web", family, "tcp", 80, "algorithm = \"source-hash\"", 5, 1, 0, 9)
              .service("steady", family, "tcp", 81, "", 1, 1)
              .text(socket);
      Files.writeString(config, one);
      Path noPlugins = Checkout.scratch().resolve("no-plugins");
      try (LoadBalancer balancer =
          Within.namespace(
              topology.balancer(), () -> LoadBalancer.start(Options.of(config, noPlugins)))) {
        talkDuringReloads(topology, family, balancer, List.of(other, one));
      }
    }
  }

  private void talkDuringReloads(
      Topology topology, Family family, LoadBalancer balancer, List<String> configs)
      throws Exception {
    String address = topology.balancer().address(family);
    try (Talkers talkers =
        Talkers.begin(
            topology,
            TALKERS,
            new InetSocketAddress(address, 80),
            new InetSocketAddress(address, 81))) {
      long beganNanos = System.nanoTime();
      for (int i = 0; i < RELOADS; i++) {
        assertThat(balancer.reloader().apply(configs.get(i % 2), "test").outcome())
            .isEqualTo(Outcome.APPLIED);
        TimeUnit.MILLISECONDS.sleep(25);
      }
      double seconds = (System.nanoTime() - beganNanos) / 1e9;
      System.out.printf(
          "%d reloads in %.1f s under %.0f requests/s%n",
          RELOADS, seconds, talkers.finish() / seconds);
      assertThat(balancer.problem()).isEmpty();
    }
  }

  @Test
  void sighupReloadsAndAKillInBetweenIsSurvivedByTheNextStart() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2)) {
      LbToml first = config(topology, 1, 0);
      LbToml second = config(topology, 0, 1);
      InetSocketAddress web = new InetSocketAddress(topology.balancer().address(Family.IPV4), 80);
      try (BalancerProcess balancer = BalancerProcess.start(topology, first)) {
        assertThat(name(topology, web)).isEqualTo("backend1");
        balancer.rewriteConfig(second);
        hangUp(balancer);
        balancer.awaitLog("reload (signal): in force");
        assertThat(name(topology, web)).isEqualTo("backend2");

        balancer.rewriteConfig(first);
        for (int i = 0; i < 20; i++) {
          hangUp(balancer);
        }
        ProcessHandle.of(balancer.pid()).orElseThrow().destroyForcibly();
        balancer.exitCode();
      }
      try (BalancerProcess balancer = BalancerProcess.start(topology, second)) {
        assertThat(name(topology, web)).isEqualTo("backend2");
        assertThat(balancer.stop()).isZero();
      }
    }
  }

  /** The file is not watched, so that the signal alone brings it in force. */
  private static LbToml config(Topology topology, int... weights) {
    return new LbToml(topology, "xdp")
        .dataplane("[reload]\nwatch = false")
        .service("web", Family.IPV4, "tcp", 80, "", weights);
  }

  private static String name(Topology topology, InetSocketAddress web) throws Exception {
    return Within.namespace(topology.client(), () -> Conversation.nameOf(web, 0));
  }

  private static void hangUp(BalancerProcess balancer) throws Exception {
    new ProcessBuilder("kill", "-HUP", Long.toString(balancer.pid())).start().waitFor();
  }
}
