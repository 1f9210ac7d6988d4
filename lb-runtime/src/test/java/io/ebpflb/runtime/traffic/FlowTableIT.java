package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The flow table when it empties, and when it is full. */
@SuppressWarnings("try")
class FlowTableIT {
  private static final String SHORT_TIMEOUTS =
      "established-timeout = \"4s\"\nhalf-open-timeout = \"2s\"\n"
          + "closing-timeout = \"1s\"\nudp-timeout = \"2s\"";

  @Test
  void hundredThousandFlowsLeaveNothing() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2);
        BalancerProcess balancer =
            BalancerProcess.start(
                topology,
                new LbToml(topology, "xdp")
                    .dataplane(SHORT_TIMEOUTS)
                    .service("web", Family.IPV4, "tcp", 80, "", 1, 1)
                    .service("dns", Family.IPV4, "udp", 53, "", 1, 1)
                    .service("dns6", Family.IPV6, "udp", 53, "", 1, 1))) {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
      Within.parallel(topology.client(), 10_000, 30_000, port -> Conversation.nameOf(web, port));
      int rounds = Checkout.isLongRun() ? 10 : 1;
      for (int i = 0; i < rounds * Family.values().length; i++) {
        Family family = Family.values()[i % Family.values().length];
        InetSocketAddress dns = new InetSocketAddress(topology.balancer().address(family), 53);
        Within.parallel(topology.client(), 20_000, 60_000, port -> ask(dns, port, balancer));
      }
      AdminClient admin = balancer.admin();
      assertThat(admin.metric("lb_connections_total")).isGreaterThanOrEqualTo(100_000);
      awaitEmpty(admin);
      assertThat(admin.metric("lb_connections_active")).isZero();
    }
  }

  /** Two datagrams: the second makes the flow an established one. */
  private static String ask(InetSocketAddress dns, int port, BalancerProcess balancer)
      throws IOException {
    try (Datagrams datagrams = new Datagrams(dns, new InetSocketAddress(port))) {
      datagrams.exchange("first");
      return datagrams.exchange("second");
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "no answer by %s to port %d; drops: %s"
              .formatted(dns, port, balancer.admin().samples("lb_drops_total")),
          e);
    }
  }

  private static void awaitEmpty(AdminClient admin) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    for (double entries = 1; entries > 0; entries = admin.metric("lb_map_entries", "map=\"flows")) {
      assertThat(System.nanoTime()).as(entries + " flows are left").isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  @Test
  void whenEstablishedFlowsFillTheTableNewOnesWorkAndOldOnesStay() throws Exception {
    int flows = 4_000;
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2);
        BalancerProcess balancer =
            BalancerProcess.start(
                topology,
                new LbToml(topology, "xdp")
                    .dataplane("max-flows = 1024")
                    .service("web", Family.IPV4, "tcp", 80, "", 1, 1))) {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
      List<Conversation> open = new ArrayList<>();
      try {
        Within.namespace(topology.client(), () -> open.addAll(open(web, flows)));
        assertThat(balancer.admin().metric("lb_connections_total")).isGreaterThanOrEqualTo(flows);
        balancer.awaitLog("full");
        assertThat(
                balancer
                    .admin()
                    .metric("lb_flow_table_events_total", "event=\"promotion_refused\""))
            .isPositive();
        List<String> names =
            Within.parallel(topology.client(), 0, 200, i -> Conversation.nameOf(web, 0));
        assertThat(names).hasSize(200);
        int established = (int) balancer.admin().metric("lb_map_entries", "map=\"flows");
        int alive = 0;
        for (Conversation conversation : open) {
          alive += isAlive(conversation) ? 1 : 0;
        }
        assertThat(alive).isGreaterThanOrEqualTo(Math.min(established, 1_000));
      } finally {
        for (Conversation conversation : open) {
          conversation.close();
        }
      }
    }
  }

  private static List<Conversation> open(InetSocketAddress web, int count) throws IOException {
    List<Conversation> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Conversation conversation = new Conversation(web, 20_000 + i);
      conversation.echo();
      open.add(conversation);
    }
    return open;
  }

  private static boolean isAlive(Conversation conversation) {
    try {
      conversation.socket().setSoTimeout(1_000);
      return conversation.exchange("alive?").equals("alive?");
    } catch (IOException e) {
      return false;
    }
  }
}
