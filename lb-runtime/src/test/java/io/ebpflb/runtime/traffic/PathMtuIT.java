package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A link or a route carries less than both ends believe, and errors have to tell them. */
@SuppressWarnings("try")
@Timeout(120)
class PathMtuIT {
  private static final int BYTES = 20_000_000;
  private static final String CHECKSUM = Long.toHexString(Payload.checksum(BYTES));

  /** At the balancer alone: the host at the link's other end goes on believing in 1,500. */
  private static final String NARROW_BYTES = "1300";

  /** Of a stalled sender, whose pauses grow from a fifth of a second. */
  private static final int TRIES = 3;

  private static final String FILTER =
      "add table inet filtered { chain out { type filter hook output priority 0;"
          + " icmp type destination-unreachable drop; icmpv6 type packet-too-big drop; }; }";

  @ParameterizedTest
  @MethodSource("io.ebpflb.runtime.traffic.Combinations#hooksAndFamilies")
  void uploadsComplete(String hook, Topology.Offloads offloads, Family family) throws Exception {
    completes(hook, offloads, family, narrowLink(Topology.backendLink(1)), PathMtuIT::upload);
  }

  @ParameterizedTest
  @MethodSource("io.ebpflb.runtime.traffic.Combinations#hooksAndFamilies")
  void downloadsComplete(String hook, Topology.Offloads offloads, Family family) throws Exception {
    completes(hook, offloads, family, narrowLink(Topology.CLIENT_LINK), PathMtuIT::download);
  }

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV4", "tc, DEFAULT, IPV6"})
  void uploadsCompleteByANarrowRoute(String hook, Topology.Offloads offloads, Family family)
      throws Exception {
    Narrowing route = t -> narrowRoute(t, t.backend(1).address(family), Topology.backendLink(1));
    completes(hook, offloads, family, route, PathMtuIT::upload);
  }

  @ParameterizedTest
  @CsvSource({"xdp, NONE, IPV6", "tc, DEFAULT, IPV4"})
  void downloadsCompleteByANarrowRoute(String hook, Topology.Offloads offloads, Family family)
      throws Exception {
    Narrowing route = t -> narrowRoute(t, t.client().address(family), Topology.CLIENT_LINK);
    completes(hook, offloads, family, route, PathMtuIT::download);
  }

  /** Nobody tells the sender then, but the counter tells the operator. */
  @ParameterizedTest
  @MethodSource("io.ebpflb.runtime.traffic.Combinations#one")
  void aTransferWhoseErrorsAreFilteredStallsAndIsCounted(
      String hook, Topology.Offloads offloads, Family family) throws Exception {
    try (Setting setting = new Setting(hook, offloads, family);
        Conversation conversation = setting.converse()) {
      Namespace balancer = setting.topology.balancer();
      balancer.run("nft", FILTER);
      narrowLink(Topology.backendLink(1)).make(setting.topology);
      FutureTask<String> transfer = new FutureTask<>(() -> upload(conversation));
      new Thread(transfer, "transfer").start();
      double counted = setting.tooLarge();
      for (int i = 0; i < TRIES; i++) {
        counted = setting.awaitMoreThan(counted);
      }
      assertThat(transfer).as("the transfer, while the counter rises").isNotDone();
      balancer.run("nft", "delete table inet filtered");
      assertThat(transfer.get(60, TimeUnit.SECONDS)).isEqualTo(CHECKSUM);
    }
  }

  private interface Narrowing {
    void make(Topology topology) throws IOException;
  }

  private interface Transfer {
    /** Returns the checksum of what arrived. */
    String over(Conversation conversation) throws Exception;
  }

  private static void completes(
      String hook,
      Topology.Offloads offloads,
      Family family,
      Narrowing narrowing,
      Transfer transfer)
      throws Exception {
    try (Setting setting = new Setting(hook, offloads, family);
        Conversation conversation = setting.converse()) {
      // Both ends have agreed on large segments by now.
      narrowing.make(setting.topology);
      assertThat(transfer.over(conversation)).isEqualTo(CHECKSUM);
      assertThat(setting.tooLarge()).as("packets too large for the way").isPositive();
    }
  }

  /** A balancer before one backend. */
  private static final class Setting implements AutoCloseable {
    private final Topology topology;
    private final Servers servers;
    private final BalancerProcess balancer;
    private final Family family;

    Setting(String hook, Topology.Offloads offloads, Family family) throws Exception {
      this.family = family;
      topology = Topology.create("lbt", 1, offloads);
      try {
        servers = new Servers(topology).start(1);
        balancer =
            BalancerProcess.start(
                topology, new LbToml(topology, hook).service("web", family, "tcp", 80, "", 1));
      } catch (Exception e) {
        // Whatever runs within ends with it.
        topology.close();
        throw e;
      }
    }

    Conversation converse() throws Exception {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().address(family), 80);
      return Within.namespace(topology.client(), () -> new Conversation(web, 0));
    }

    double tooLarge() throws IOException {
      return balancer.admin().metric("lb_handed_to_stack_total", "reason=\"mtu\"");
    }

    double awaitMoreThan(double counted) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (tooLarge() <= counted) {
        assertThat(System.nanoTime()).as("waited for the counter").isLessThan(deadline);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      return tooLarge();
    }

    @Override
    public void close() throws Exception {
      balancer.close();
      servers.close();
      topology.close();
    }
  }

  private static Narrowing narrowLink(String link) {
    return topology -> topology.balancer().run("ip", "link", "set", link, "mtu", NARROW_BYTES);
  }

  /** IPv4 forwarding heeds a route's MTU in any case, the kernel's answer to programs if locked. */
  private static void narrowRoute(Topology topology, String host, String link) throws IOException {
    topology.balancer().ip("route add %s dev %s mtu lock %s\n".formatted(host, link, NARROW_BYTES));
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
