package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.LossyLink;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At TC, packets skip the egress side of a veth as long as nothing is there that they concern. */
@SuppressWarnings("try")
@Timeout(120)
class VethPeerIT {
  private static final int EXCHANGES = 50;
  private static final int DEADLINE_SECONDS = 30;
  private static final int POLL_MILLIS = 50;
  private static final String LINK = Topology.backendLink(1);

  private Topology topology;
  private Servers servers;
  private BalancerProcess balancer;

  @BeforeEach
  void start() throws Exception {
    topology = Topology.create("lbt", 1, Topology.Offloads.DEFAULT);
    servers = new Servers(topology).start(1);
    balancer =
        BalancerProcess.start(
            topology, new LbToml(topology, "tc").service("web", Family.IPV4, "tcp", 80, "", 1));
  }

  @AfterEach
  void stop() throws Exception {
    try (Topology network = topology;
        Servers backends = servers;
        BalancerProcess process = balancer) {
      assertThat(network.balancer()).isNotNull();
    }
  }

  @Test
  void aQueueOrAFilterIsNotSkipped() throws Exception {
    awaitEgress(false);
    topology.balancer().run("tc", "qdisc", "add", "dev", LINK, "root", "pfifo");
    awaitEgress(true);
    topology.balancer().run("tc", "qdisc", "delete", "dev", LINK, "root");
    awaitEgress(false);

    topology.balancer().run("tc", "qdisc", "add", "dev", LINK, "clsact");
    awaitEgress(false);
    topology
        .balancer()
        .run(
            "tc", "filter", "add", "dev", LINK, "egress", "bpf", "bytecode", "1,6 0 0 4294967295,");
    awaitEgress(true);
    topology.balancer().run("tc", "qdisc", "delete", "dev", LINK, "clsact");
    awaitEgress(false);
  }

  @Test
  void aProgramOfAnotherIsNotSkipped() throws Exception {
    awaitEgress(false);
    try (LossyLink other =
        Within.namespace(topology.balancer(), () -> LossyLink.on(LINK, 0, 0, 0, "lo", "lo"))) {
      awaitEgress(true);
    }
    awaitEgress(false);
  }

  /** Waits until packets to the backend pass by the veth's egress side, or do not. */
  private void awaitEgress(boolean used) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (usesEgress() != used) {
      assertThat(System.nanoTime())
          .as("packets pass by the egress side: %s", used)
          .isLessThan(deadline);
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean usesEgress() throws Exception {
    long before = sentPackets();
    InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
    Within.namespace(
        topology.client(),
        () -> {
          try (Conversation conversation = new Conversation(web, 0)) {
            assertThat(conversation.echo()).isEqualTo("backend1");
            for (int i = 0; i < EXCHANGES; i++) {
              assertThat(conversation.exchange("once more")).isEqualTo("once more");
            }
          }
          return null;
        });
    // Neighbours are asked for by a few packets, whatever becomes of the others.
    return sentPackets() - before >= EXCHANGES;
  }

  private long sentPackets() throws IOException {
    String counter = "/sys/class/net/%s/statistics/tx_packets".formatted(LINK);
    return Long.parseLong(topology.balancer().run("cat", counter).strip());
  }
}
