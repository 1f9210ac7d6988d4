package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What clients see of a backend that dies and comes back. */
class FailoverIT {
  private static final int VICTIM = 2;
  private static final String CHECK =
      "health-check = { type = \"tcp\", interval = \"500ms\", timeout = \"400ms\","
          + " rise = 2, fall = 2 }";

  @Test
  void newConnectionsAvoidADeadBackendAndOthersAreUndisturbed() throws Exception {
    try (Topology topology = Topology.create("lbt", 3, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2, 3);
        BalancerProcess balancer =
            BalancerProcess.start(
                topology,
                new LbToml(topology, "xdp")
                    .service("web", Family.IPV4, "tcp", 80, CHECK, 50, 30, 20))) {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
      Within.namespace(
          topology.client(),
          () -> {
            try (Audience audience = new Audience(web, 30)) {
              assertThat(audience.partners()).contains("backend1", "backend2", "backend3");
              long killed = System.nanoTime();
              servers.kill(VICTIM);
              assertThat(lastFailureMillis(web, killed, audience)).isLessThanOrEqualTo(1500);
              assertThat(audience.brokenExcept(Servers.name(VICTIM))).isEmpty();
              // Ports whose connections the dead one has reset are as good as others.
              for (int port : audience.leave(Servers.name(VICTIM))) {
                assertThat(Conversation.nameOf(web, port)).isNotEqualTo(Servers.name(VICTIM));
              }
            }
            servers.start(VICTIM);
            awaitAnswerBy(web, Servers.name(VICTIM));
            return null;
          });
      assertThat(balancer.stop()).as(balancer.log()).isZero();
    }
  }

  /** Connects over and over for four seconds; when the last attempt that failed had begun. */
  private static long lastFailureMillis(InetSocketAddress web, long killed, Audience audience) {
    long last = 0;
    for (long now = killed; now - killed < 4_000_000_000L; now = System.nanoTime()) {
      try {
        assertThat(Conversation.nameOf(web, 0)).isNotEqualTo(Servers.name(VICTIM));
      } catch (IOException e) {
        last = (now - killed) / 1_000_000;
      }
      audience.ask();
    }
    return last;
  }

  private static void awaitAnswerBy(InetSocketAddress web, String name) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    Set<String> seen = new HashSet<>();
    while (!seen.contains(name)) {
      assertThat(System.nanoTime()).as("answers only by " + seen).isLessThan(deadline);
      seen.add(Conversation.nameOf(web, 0));
      Thread.sleep(5);
    }
  }

  /** Connections that stay open. */
  private static final class Audience implements AutoCloseable {
    private final Map<Conversation, String> partners = new HashMap<>();
    private final Set<String> broken = new HashSet<>();

    Audience(InetSocketAddress web, int count) throws IOException {
      for (int i = 0; i < count; i++) {
        Conversation conversation = new Conversation(web, 0);
        partners.put(conversation, conversation.echo());
      }
    }

    Set<String> partners() {
      return Set.copyOf(partners.values());
    }

    /** Ends the connections to this one; their ports. */
    List<Integer> leave(String partner) throws IOException {
      List<Integer> ports = new ArrayList<>();
      for (Map.Entry<Conversation, String> each : partners.entrySet()) {
        if (each.getValue().equals(partner)) {
          ports.add(each.getKey().socket().getLocalPort());
          each.getKey().close();
        }
      }
      return ports;
    }

    /** One exchange over each connection. */
    void ask() {
      partners.forEach(
          (conversation, partner) -> {
            try {
              assertThat(conversation.exchange("hello")).isEqualTo("hello");
            } catch (IOException e) {
              broken.add(partner);
            }
          });
    }

    Set<String> brokenExcept(String partner) {
      Set<String> others = new HashSet<>(broken);
      others.remove(partner);
      return others;
    }

    @Override
    public void close() throws IOException {
      for (Conversation conversation : partners.keySet()) {
        conversation.close();
      }
    }
  }
}
