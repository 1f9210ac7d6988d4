package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real traceroute to a service whose backend lives behind a router. To the client each hop from
 * the balancer on is the service: the balancer itself, the router behind it, the backend.
 */
@SuppressWarnings("try")
@Timeout(120)
class TracerouteIT {
  /** The balancer, the router, the backend. */
  private static final int HOPS = 3;

  @ParameterizedTest
  @CsvSource({"xdp, NONE", "tc, DEFAULT"})
  void eachHopAnswers(String hook, Topology.Offloads offloads) throws Exception {
    try (Topology topology = Topology.create("lbt", 2, offloads)) {
      putBehind(topology);
      try (Servers servers = new Servers(topology).start(2);
          BalancerProcess balancer = BalancerProcess.start(topology, config(topology, hook))) {
        for (Family family : Family.values()) {
          trace(topology, family, "-T");
          trace(topology, family, "-U");
        }
        assertThat(balancer.admin().metric("lb_handed_to_stack_total", "reason=\"ttl\""))
            .as("probes whose life ended at the balancer")
            .isGreaterThanOrEqualTo(2.0 * Family.values().length);
      }
    }
  }

  /** The first backend's namespace becomes a router to an address of the second's. */
  private static void putBehind(Topology topology) throws IOException {
    NetworkBehind.add(topology);
    topology
        .backend(2)
        .ip("route add 10.90.0.0/24 via 10.97.0.1\nroute add fd90::/64 via fd97::1\n");
  }

  private static LbToml config(Topology topology, String hook) {
    LbToml config = new LbToml(topology, hook);
    for (Family family : Family.values()) {
      for (String protocol : List.of("tcp", "udp")) {
        config.tables(
            """
            [[service]]
            name = "%s-%s"
            listen = "%s"
            protocol = "%s"
            health-check = { type = "none" }
              [[service.target]]
              address = "%s"
            """
                .formatted(
                    protocol,
                    family.name().toLowerCase(Locale.ROOT),
                    topology.balancer().endpoint(family, 80),
                    protocol,
                    (family == Family.IPV4 ? "10.97.0.2:" : "[fd97::2]:") + Servers.PORT));
      }
    }
    return config;
  }

  private static void trace(Topology topology, Family family, String method) throws Exception {
    String service = topology.balancer().address(family);
    String path =
        topology.client().run("traceroute", "-n", "-q1", "-N1", "-w5", method, "-p80", service);
    List<String> hops = path.lines().skip(1).toList();
    assertThat(hops).as("%s %s: %s", family, method, path).hasSize(HOPS);
    for (int hop = 0; hop < HOPS; hop++) {
      assertThat(hops.get(hop).strip()).as(path).startsWith(hop + 1 + "  " + service + "  ");
    }
  }
}
