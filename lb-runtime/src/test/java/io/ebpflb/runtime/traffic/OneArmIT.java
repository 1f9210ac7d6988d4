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
      LbToml config =
          new LbToml(topology, hook)
              .tables(
                  """
                  [[service]]
                  name = "web"
                  listen = "%s"
                    [[service.target]]
                    address = "%s"
                  """
                      .formatted(
                          topology.balancer().endpoint(family, 80),
                          topology.backend(1).endpoint(family, Servers.PORT)));
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
    topology
        .backend(1)
        .ip(
            "link add behind type veth peer name behind netns %s\n"
                    .formatted(topology.backend(2).name())
                + "addr add 10.97.0.1/24 dev behind\naddr add fd97::1/64 dev behind nodad\n"
                + "link set behind up\n"
                + "rule add from %s table 100\nroute add default via %s table 100\n"
                    .formatted(topology.backend(1).ipv4(), "10.90.1.1"));
    topology
        .backend(1)
        .run(
            "sh",
            "-c",
            "ip -6 rule add from %s table 100; ip -6 route add default via fd90:1::1 table 100; "
                    .formatted(topology.backend(1).ipv6())
                + "echo 1 >/proc/sys/net/ipv4/ip_forward;"
                + "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
    topology
        .backend(2)
        .ip(
            "addr add 10.97.0.2/24 dev behind\naddr add fd97::2/64 dev behind nodad\n"
                + "link set behind up\n"
                + "route add %s via 10.97.0.1\nroute add %s via fd97::1\n"
                    .formatted(topology.balancer().ipv4(), topology.balancer().ipv6()));
    topology
        .balancer()
        .ip(
            "route add 10.97.0.0/24 via %s\nroute add fd97::/64 via %s\n"
                .formatted(topology.backend(1).ipv4(), topology.backend(1).ipv6()));
  }
}
