package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.util.List;

/**
 * The network that the examples are written for: clients of several networks on eth0, servers with
 * the addresses that the examples name on eth1.
 */
final class ExampleNetwork implements AutoCloseable {
  static final String SERVICE = "203.0.113.10";
  static final String SERVICE_IPV6 = "2001:db8::10";

  /** One client of no route, and one of each. */
  static final String CLIENT = "198.51.100.2";

  static final String CLIENT_ROUTED = "192.168.8.2";
  static final String CLIENT_ROUTED_CLOSER = "192.168.7.2";
  static final String CLIENT_IPV6 = "2001:db8:9::2";
  static final String CLIENT_IPV6_ROUTED = "2001:db8:7::2";

  static final List<String> SERVERS =
      List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.9", "10.0.0.10", "10.0.0.11");
  static final List<String> SERVERS_IPV6 =
      List.of("2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::9");
  static final String NAME_SERVER = "10.0.0.53";

  private final Topology topology;

  private ExampleNetwork(Topology topology) {
    this.topology = topology;
  }

  static ExampleNetwork create() throws IOException {
    Topology topology = Topology.create("lbx", 1, Topology.Offloads.DEFAULT);
    try {
      build(topology);
      return new ExampleNetwork(topology);
    } catch (IOException e) {
      topology.close();
      throw e;
    }
  }

  private static void build(Topology topology) throws IOException {
    topology
        .balancer()
        .ip(
            """
            link set %s down
            link set %1$s name eth0
            link set eth0 up
            link set %s down
            link set %2$s name eth1
            link set eth1 up
            addr add fd90::1/64 dev eth0 nodad
            addr add fd90:1::1/64 dev eth1 nodad
            addr add %s/32 dev lo
            addr add %s/128 dev lo nodad
            addr add 10.0.0.254/16 dev eth1
            addr add 2001:db8:1::fe/64 dev eth1 nodad
            route add 192.168.0.0/16 via %s
            route add 198.51.100.0/24 via %5$s
            route add 2001:db8:7::/64 via %s
            route add 2001:db8:9::/64 via %6$s
            """
                .formatted(
                    Topology.CLIENT_LINK,
                    Topology.backendLink(1),
                    SERVICE,
                    SERVICE_IPV6,
                    topology.client().ipv4(),
                    topology.client().ipv6()));
    StringBuilder clients = new StringBuilder();
    List.of(CLIENT, CLIENT_ROUTED, CLIENT_ROUTED_CLOSER)
        .forEach(each -> clients.append("addr add %s/32 dev eth0\n".formatted(each)));
    List.of(CLIENT_IPV6, CLIENT_IPV6_ROUTED)
        .forEach(each -> clients.append("addr add %s/128 dev eth0 nodad\n".formatted(each)));
    topology.client().ip(clients.toString());
    StringBuilder servers = new StringBuilder();
    SERVERS.forEach(each -> servers.append("addr add %s/16 dev eth0\n".formatted(each)));
    SERVERS_IPV6.forEach(each -> servers.append("addr add %s/64 dev eth0 nodad\n".formatted(each)));
    servers.append("addr add %s/16 dev eth0\n".formatted(NAME_SERVER));
    topology.backend(1).ip(servers.toString());
  }

  Namespace clients() {
    return topology.client();
  }

  Namespace balancer() {
    return topology.balancer();
  }

  Namespace servers() {
    return topology.backend(1);
  }

  @Override
  public void close() {
    topology.close();
  }
}
