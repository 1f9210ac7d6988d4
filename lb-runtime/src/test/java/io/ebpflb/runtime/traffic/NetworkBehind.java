package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;

/**
 * A network that the balancer reaches by the first backend: the second one has an address there.
 */
final class NetworkBehind {
  private NetworkBehind() {}

  /**
   * Routes back from there are the caller's to add, through {@code 10.97.0.1} or {@code fd97::1}.
   */
  static void add(Topology topology) throws IOException {
    topology
        .backend(1)
        .ip(
            "link add behind type veth peer name behind netns %s\n"
                    .formatted(topology.backend(2).name())
                + "addr add 10.97.0.1/24 dev behind\naddr add fd97::1/64 dev behind nodad\n"
                + "link set behind up\n");
    topology
        .backend(1)
        .run(
            "sh",
            "-c",
            "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
    topology
        .backend(2)
        .ip(
            "addr add 10.97.0.2/24 dev behind\naddr add fd97::2/64 dev behind nodad\n"
                + "link set behind up\n");
    topology
        .balancer()
        .ip(
            "route add 10.97.0.0/24 via %s\nroute add fd97::/64 via %s\n"
                .formatted(topology.backend(1).ipv4(), topology.backend(1).ipv6()));
  }
}
