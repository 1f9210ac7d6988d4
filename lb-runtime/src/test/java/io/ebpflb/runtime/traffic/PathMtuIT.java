package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A link on the way carries less than both ends believe, and errors have to tell them. */
@SuppressWarnings("try")
@Timeout(120)
class PathMtuIT {
  private static final int BYTES = 20_000_000;

  /** Of the balancer's end alone: the host at the other goes on believing in 1,500. */
  private static final String NARROW_BYTES = "1300";

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "xdp, NONE, IPV6", "tc, DEFAULT, IPV4", "tc, DEFAULT, IPV6"})
  void uploadsComplete(String hook, Topology.Offloads offloads, Family family) throws Exception {
    completes(hook, offloads, family, Topology.backendLink(1), PathMtuIT::upload);
  }

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "xdp, NONE, IPV6", "tc, DEFAULT, IPV4", "tc, DEFAULT, IPV6"})
  void downloadsComplete(String hook, Topology.Offloads offloads, Family family) throws Exception {
    completes(hook, offloads, family, Topology.CLIENT_LINK, PathMtuIT::download);
  }

  private interface Transfer {
    /** Returns the checksum of what arrived. */
    String over(Conversation conversation) throws Exception;
  }

  private static void completes(
      String hook, Topology.Offloads offloads, Family family, String link, Transfer transfer)
      throws Exception {
    try (Topology topology = Topology.create("lbt", 1, offloads);
        Servers servers = new Servers(topology).start(1);
        BalancerProcess balancer =
            BalancerProcess.start(
                topology, new LbToml(topology, hook).service("web", family, "tcp", 80, "", 1))) {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().address(family), 80);
      String sum =
          Within.namespace(
              topology.client(),
              () -> {
                try (Conversation conversation = new Conversation(web, 0)) {
                  // Both ends have agreed on large segments by now.
                  topology.balancer().run("ip", "link", "set", link, "mtu", NARROW_BYTES);
                  return transfer.over(conversation);
                }
              });
      assertThat(sum).isEqualTo(Long.toHexString(Payload.checksum(BYTES)));
      assertThat(balancer.admin().metric("lb_handed_to_stack_total", "reason=\"mtu\""))
          .as("packets too large for the link")
          .isPositive();
    }
  }

  private static String upload(Conversation conversation) throws Exception {
    conversation.say("upload " + BYTES);
    Payload.send(conversation.socket().getOutputStream(), BYTES);
    return conversation.line();
  }

  private static String download(Conversation conversation) throws Exception {
    conversation.say("download " + BYTES);
    return Long.toHexString(Payload.receive(conversation.in(), BYTES));
  }
}
