package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One backend behind two next hops. Behind either is a host that has the backend's address and says
 * its own name, so a connection tells which way it goes, and one that changed its way would break.
 */
@SuppressWarnings("try")
@Timeout(120)
class MultipathIT {
  private static final int CONNECTIONS = 32;
  private static final int DEADLINE_SECONDS = 30;

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "tc, DEFAULT, IPV6"})
  void connectionsAreSharedOutAndStay(String hook, Topology.Offloads offloads, Family family)
      throws Exception {
    String backend = family == Family.IPV4 ? "10.96.0.1" : "fd96::1";
    try (Topology topology = Topology.create("lbt", 2, offloads)) {
      twoWays(topology, family, backend);
      String config =
          """
          [[service]]
          name = "web"
          listen = "%s"
            [[service.target]]
            address = "%s"
          """
              .formatted(
                  topology.balancer().endpoint(family, 80),
                  family == Family.IPV4
                      ? backend + ":" + Servers.PORT
                      : "[" + backend + "]:" + Servers.PORT);
      try (Servers servers = new Servers(topology).start(1, 2);
          BalancerProcess balancer =
              BalancerProcess.start(topology, new LbToml(topology, hook).tables(config))) {
        InetSocketAddress web = new InetSocketAddress(topology.balancer().address(family), 80);
        Within.namespace(topology.client(), () -> converse(topology, web, hook.equals("tc")));
      }
    }
  }

  private static void twoWays(Topology topology, Family family, String backend) throws IOException {
    for (int number : List.of(1, 2)) {
      topology.backend(number).ip("addr add %s dev lo\n".formatted(backend));
    }
    topology
        .balancer()
        .ip(
            "route add %s nexthop via %s dev %s nexthop via %s dev %s\n"
                .formatted(
                    backend,
                    topology.backend(1).address(family),
                    Topology.backendLink(1),
                    topology.backend(2).address(family),
                    Topology.backendLink(2)));
    // All come from one address.
    topology
        .balancer()
        .run(
            "sh",
            "-c",
            "for f in ipv4 ipv6; do echo 1 >/proc/sys/net/$f/fib_multipath_hash_policy; done");
  }

  private static Void converse(Topology topology, InetSocketAddress web, boolean isAtOnce)
      throws Exception {
    if (!isAtOnce) {
      awaitKeptNeighbors(topology, () -> {});
    }
    List<Conversation> conversations = new ArrayList<>();
    try {
      assertThat(open(web, conversations)).containsExactlyInAnyOrder("backend1", "backend2");
      // By then the runtime has found out, too, that there are several ways.
      awaitKeptNeighbors(topology, () -> exchange(conversations));
      for (int round = 0; round < 3; round++) {
        exchange(conversations);
      }
      return null;
    } finally {
      conversations.forEach(MultipathIT::close);
    }
  }

  private interface Meanwhile {
    void run() throws IOException;
  }

  /** Until the link addresses of both ways are known, and kept so. */
  private static void awaitKeptNeighbors(Topology topology, Meanwhile meanwhile) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (keptNeighbors(topology) < 2) {
      assertThat(System.nanoTime()).as("both ways are kept").isLessThan(deadline);
      meanwhile.run();
    }
  }

  private static void exchange(List<Conversation> conversations) throws IOException {
    for (int i = 0; i < CONNECTIONS; i++) {
      String said = "connection " + i;
      assertThat(conversations.get(i).exchange(said)).isEqualTo(said);
    }
  }

  private static long keptNeighbors(Topology topology) throws IOException {
    String all = topology.balancer().run("ip", "neigh", "show");
    return all.lines().filter(entry -> entry.matches(".* lladdr .* managed .*")).count();
  }

  /** Returns who answers. */
  private static Set<String> open(InetSocketAddress web, List<Conversation> conversations)
      throws Exception {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Conversation conversation = new Conversation(web, 0);
      conversations.add(conversation);
      names.add(conversation.echo());
    }
    return names;
  }

  private static void close(Conversation conversation) {
    try {
      conversation.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
