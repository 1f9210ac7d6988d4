package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.dataplane.LossyLink;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets get lost, come twice and come late on both legs, in both directions. */
@SuppressWarnings("try")
@Timeout(180)
class LossIT {
  private static final int BYTES = 20_000_000;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final double DOUBLED = 0.01;
  private static final double LATE = 0.02;

  @ParameterizedTest
  @CsvSource({"xdp, NONE, 0.01", "xdp, NONE, 0.05", "tc, DEFAULT, 0.01", "tc, DEFAULT, 0.05"})
  void transfersArriveWhole(String hook, Topology.Offloads offloads, double loss) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Topology topology = Topology.create("lbt", 1, offloads);
        Servers servers = new Servers(topology).start(1);
        LoadBalancer balancer =
            LocalBalancer.start(
                topology,
                new LbToml(topology, hook)
                    .service("web4", Family.IPV4, "tcp", 80, "", 1)
                    .service("web6", Family.IPV6, "tcp", 80, "", 1));
        LossyLink ofClient = spoil(topology.client(), loss);
        LossyLink ofBackend = spoil(topology.backend(1), loss)) {
      List<Future<String>> transfers =
          Within.namespace(
              topology.client(),
              () -> {
                List<Future<String>> begun = new ArrayList<>();
                for (Family family : Family.values()) {
                  InetSocketAddress web =
                      new InetSocketAddress(topology.balancer().address(family), 80);
                  begun.add(threads.submit(upload(web)));
                  begun.add(threads.submit(download(web)));
                }
                return begun;
              });
      for (Future<String> sum : transfers) {
        assertThat(sum.get()).isEqualTo(Long.toHexString(Payload.checksum(BYTES)));
      }
      assertThat(ofClient.happened()).allMatch(packets -> packets > 0);
      assertThat(ofBackend.happened()).allMatch(packets -> packets > 0);
      assertThat(balancer.dataPlane().drops()).as("by us").allSatisfy(LossIT::isZero);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void isZero(String reason, long drops) {
    assertThat(drops).as(reason).isZero();
  }

  /** What this host receives and sends by its only device. */
  private static LossyLink spoil(Namespace host, double loss) throws Exception {
    host.ip(
        "link add slow type veth peer name slow-end\n"
            + "link set slow addrgenmode none up\nlink set slow-end addrgenmode none up\n");
    // A packet takes about half a millisecond: some that were sent later are here before.
    host.run(
        "tc", "qdisc", "add", "dev", "slow", "root", "tbf", "rate", "25mbit", "burst", "2kb",
        "latency", "50ms");
    return Within.namespace(
        host, () -> LossyLink.on("eth0", loss, DOUBLED, LATE, "slow", "slow-end"));
  }

  private static Callable<String> upload(InetSocketAddress web) {
    return () -> {
      try (Conversation conversation = new Conversation(web, 0)) {
        conversation.socket().setSoTimeout(PATIENCE_MILLIS);
        conversation.say("upload " + BYTES);
        Payload.send(conversation.socket().getOutputStream(), BYTES);
        return conversation.line();
      }
    };
  }

  private static Callable<String> download(InetSocketAddress web) {
    return () -> {
      try (Conversation conversation = new Conversation(web, 0)) {
        conversation.socket().setSoTimeout(PATIENCE_MILLIS);
        conversation.say("download " + BYTES);
        return Long.toHexString(Payload.receive(conversation.in(), BYTES));
      }
    };
  }
}
