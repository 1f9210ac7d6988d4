package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Client and backend on the same side of the balancer: packets leave by where they came in. */
@SuppressWarnings("try")
@Timeout(60)
class OneArmIT {

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "tc, DEFAULT, IPV6"})
  void packetsLeaveByWhereTheyCameIn(String hook, Topology.Offloads offloads, Family family)
      throws Exception {
    try (Topology topology = Topology.create("lbt", 2, offloads)) {
      putClientBehindTheBackend(topology);
      LbToml config = new LbToml(topology, hook).service("web", family, "tcp", 80, "", 1);
      try (Servers servers = new Servers(topology).start(1);
          BalancerProcess balancer = BalancerProcess.start(topology, config)) {
        InetSocketAddress web = new InetSocketAddress(topology.balancer().address(family), 80);
        Within.namespace(
            topology.backend(2),
            () -> {
              try (Conversation conversation = new Conversation(web, 0)) {
                assertThat(conversation.echo()).isEqualTo("backend1");
                assertThat(conversation.exchange("once more")).isEqualTo("once more");
              }
              return null;
            });
      }
    }
  }

  /**
   * The second backend's namespace is the client's, behind the first one's, which answers by way of
   * the balancer although it knows a shorter one.
   */
  private static void putClientBehindTheBackend(Topology topology) throws IOException {
    NetworkBehind.add(topology);
    topology
        .backend(1)
        .ip(
            "rule add from %s table 100\nroute add default via 10.90.1.1 table 100\n"
                .formatted(topology.backend(1).ipv4()));
    topology
        .backend(1)
        .run(
            "sh",
            "-c",
            "ip -6 rule add from %s table 100; ip -6 route add default via fd90:1::1 table 100"
                .formatted(topology.backend(1).ipv6()));
    topology
        .backend(2)
        .ip(
            "route add %s via 10.97.0.1\nroute add %s via fd97::1\n"
                .formatted(topology.balancer().ipv4(), topology.balancer().ipv6()));
  }
}
