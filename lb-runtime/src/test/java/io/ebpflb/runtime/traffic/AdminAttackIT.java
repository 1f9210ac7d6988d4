package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.admin.Garbage;
import io.ebpflb.runtime.admin.RawClient;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever comes to the admin endpoint, packets go on. */
class AdminAttackIT {
  private static final int REQUESTS = 10_000;
  private static final int ATTACKERS = 4;
  private static final int TALKERS = 8;
  private static final int SLOW_CLIENTS = 20;
  private static final int WRONG_TOKENS = 20;
  private static final int TCP_PORT = 9180;
  private static final long SEED = 20_261_127;
  private static final long PAUSE_MILLIS = 50;

  private final AtomicBoolean isOver = new AtomicBoolean();

  @Test
  @SuppressWarnings("try")
  void forwardingGoesOnAndNothingStaysBehind() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.DEFAULT);
        Servers servers = new Servers(topology).start(1, 2);
        BalancerProcess balancer = start(topology)) {
      // What is opened once and kept.
      balancer.admin().get("/metrics");
      Within.namespace(topology.balancer(), () -> refuseToken(balancer));
      long descriptorsBefore = descriptors(balancer);
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        List<Future<Integer>> talkers =
            Within.namespace(
                topology.client(), () -> submit(threads, TALKERS, i -> talk(topology)));
        List<Future<Integer>> attackers =
            Within.namespace(
                topology.balancer(),
                () -> submit(threads, ATTACKERS, number -> attack(balancer, number)));
        for (Future<Integer> attacker : attackers) {
          attacker.get(120, TimeUnit.SECONDS);
        }
        isOver.set(true);
        for (Future<Integer> talker : talkers) {
          assertThat(talker.get(30, TimeUnit.SECONDS)).isPositive();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(balancer.admin().get("/ready")).isEqualTo("forwarding\n");
      awaitNoMoreThan(descriptorsBefore, balancer);
      assertThat(balancer.log()).doesNotContain("LEAK", "ERROR", "Exception");
      assertThat(balancer.stop()).isZero();
    }
  }

  private static BalancerProcess start(Topology topology) throws Exception {
    Path token = Checkout.scratch().resolve("attack.token");
    Files.writeString(token, "0123456789abcdef0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    LbToml config =
        new LbToml(topology, "tc")
            .service("web", Family.IPV4, "tcp", 80, "", 1, 1)
            .admin("listen = \"127.0.0.1:%d\"".formatted(TCP_PORT))
            .admin("audit-log = \"%s\"".formatted(token.resolveSibling("attack.audit")))
            .admin("[[admin.token]]\nname = \"test\"\nrole = \"admin\"")
            .admin("file = \"%s\"".formatted(token));
    BalancerProcess balancer =
        BalancerProcess.launch(
            topology,
            config,
            List.of(),
            Map.of("LB_JAVA_OPTIONS", "-Dio.netty.leakDetection.level=paranoid"));
    balancer.awaitLog("admin endpoint on");
    return balancer;
  }

  private interface Task {
    int run(int number) throws Exception;
  }

  private static List<Future<Integer>> submit(ExecutorService threads, int count, Task task) {
    List<Future<Integer>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      begun.add(threads.submit(() -> task.run(number)));
    }
    return begun;
  }

  /** One connection that lasts, spoken over all the time. */
  private int talk(Topology topology) throws Exception {
    InetSocketAddress web = new InetSocketAddress(topology.balancer().address(Family.IPV4), 80);
    int said = 0;
    try (Conversation lasting = new Conversation(web, 0)) {
      lasting.echo();
      while (!isOver.get()) {
        assertThat(lasting.exchange("word " + said)).isEqualTo("word " + said);
        said++;
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
    return said;
  }

  private static int attack(BalancerProcess balancer, int number) throws IOException {
    List<RawClient> slow = new ArrayList<>();
    for (int i = 0; i < SLOW_CLIENTS / ATTACKERS; i++) {
      slow.add(connect(balancer, i).send("POST /api/v1/config/save HTTP/1.1\r\nHo"));
    }
    Garbage garbage = new Garbage(SEED + number);
    for (int i = 0; i < REQUESTS / ATTACKERS; i++) {
      try (RawClient client = connect(balancer, i)) {
        garbage.send(client);
      }
      if (i % (REQUESTS / WRONG_TOKENS) == 0) {
        refuseToken(balancer);
      }
    }
    for (RawClient client : slow) {
      client.send("st: localhost\r\n");
      client.close();
    }
    return REQUESTS / ATTACKERS;
  }

  private static int refuseToken(BalancerProcess balancer) throws IOException {
    try (RawClient client = connect(balancer, 0)) {
      client.send(
          "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n"
              + "Authorization: Bearer 0123456789abcdef0123456789abcdee\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(401);
      return 1;
    }
  }

  /** By turns over TCP and the unix socket. */
  private static RawClient connect(BalancerProcess balancer, int number) throws IOException {
    return number % 2 == 0
        ? RawClient.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), TCP_PORT))
        : RawClient.unix(balancer.admin().socket());
  }

  private static long descriptors(BalancerProcess balancer) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(balancer.pid()), "fd"))) {
      return open.count();
    }
  }

  /** Slow clients have their ten seconds, and what is closed here may still be open there. */
  private static void awaitNoMoreThan(long count, BalancerProcess balancer) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (descriptors(balancer) > count && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(descriptors(balancer)).isLessThanOrEqualTo(count);
  }
}
