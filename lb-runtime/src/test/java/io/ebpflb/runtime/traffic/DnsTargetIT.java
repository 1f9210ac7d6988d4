package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Traffic to a service whose backends a name server tells. */
class DnsTargetIT {
  private static final String HOST = "web.test";
  private static final int DNS_PORT = 5353;

  @Test
  void newConnectionsFollowTheAnswersAndOldOnesStay() throws Exception {
    try (Topology topology = Topology.create("lbt", 3, Topology.Offloads.NONE);
        Servers servers = new Servers(topology);
        DnsServer names = nameServer(topology)) {
      servers.start(1, 2, 3);
      names.answer(question -> backends(topology, question, 1));
      try (BalancerProcess balancer =
          BalancerProcess.startWithPlugins(
              topology, new LbToml(topology, "xdp").tables(tables(topology, names)))) {
        InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
        Within.namespace(topology.client(), () -> follow(topology, names, balancer, web));
        assertThat(balancer.stop()).as(balancer.log()).isZero();
      }
    }
  }

  private static Void follow(
      Topology topology, DnsServer names, BalancerProcess balancer, InetSocketAddress web)
      throws Exception {
    await(() -> answeredBy(web).equals(Set.of(Servers.name(1))));
    try (Conversation old = new Conversation(web, 0)) {
      assertThat(old.echo()).isEqualTo(Servers.name(1));

      names.answer(question -> backends(topology, question, 2));
      await(() -> answeredBy(web).equals(Set.of(Servers.name(2))));
      assertThat(old.exchange("hello")).isEqualTo("hello");

      names.answer(question -> Answer.code(2));
      await(() -> balancer.admin().metric("lb_dns_resolution_status") == 0);
      assertThat(answeredBy(web)).containsExactly(Servers.name(2));

      names.answer(question -> backends(topology, question, 2, 3));
      await(() -> answeredBy(web).equals(Set.of(Servers.name(2), Servers.name(3))));
      assertThat(balancer.admin().metric("lb_dns_resolution_status")).isEqualTo(1);
      assertThat(old.exchange("hello")).isEqualTo("hello");
    }
    return null;
  }

  private static DnsServer nameServer(Topology topology) throws Exception {
    return Within.namespace(
        topology.balancer(),
        () -> DnsServer.start(new InetSocketAddress(topology.balancer().ipv4(), DNS_PORT)));
  }

  private static String tables(Topology topology, DnsServer names) {
    return """
        [plugin.dns]
        name-servers = ["%s:%d"]
        timeout = "1s"

        [[service]]
        name = "web"
        listen = "%s:80"
        protocol = "tcp"
          [[service.target]]
          host = "%s"
          port = %d
          refresh = "1s"
        """
        .formatted(
            topology.balancer().ipv4(),
            names.address().getPort(),
            topology.balancer().ipv4(),
            HOST,
            Servers.PORT);
  }

  private static Answer backends(Topology topology, DnsServer.Question question, int... numbers) {
    if (!question.name().equals(HOST)) {
      return Answer.code(3);
    }
    return question.type() != 1
        ? Answer.of()
        : new Answer(
            0,
            IntStream.of(numbers)
                .mapToObj(number -> DnsServer.address(HOST, 60, topology.backend(number).ipv4()))
                .toList());
  }

  private static Set<String> answeredBy(InetSocketAddress web) throws IOException {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      names.add(Conversation.nameOf(web, 0));
    }
    return names;
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
