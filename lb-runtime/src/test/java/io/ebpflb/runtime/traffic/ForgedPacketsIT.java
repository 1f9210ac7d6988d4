package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.dataplane.Forger;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody forges packets amid established connections; those must not notice. */
@SuppressWarnings("try")
@Timeout(600)
class ForgedPacketsIT {
  private static final int WEB = 80;
  private static final int IDLE = 10;
  private static final int STEADY = 2;
  private static final int ROUNDS = 5;

  /** Of each family, through each hook. */
  private static final int SYNS = Checkout.isLongRun() ? 1_000_000 : 250_000;

  /** No answer may take longer, attack or not; the machine may be a busy one. */
  private static final int PATIENCE_MILLIS = 5_000;

  /** Behind a backend's link, where nobody keeps him from using another backend's address. */
  private static final int ATTACKER = 3;

  /** A connection that somebody would like to end. */
  private record Victim(
      Family family,
      Conversation conversation,
      InetSocketAddress client,
      InetSocketAddress backend) {}

  @ParameterizedTest
  @CsvSource({"xdp, NONE", "tc, DEFAULT"})
  void establishedConnectionsGoOn(String hook, Topology.Offloads offloads) throws Exception {
    try (Topology topology = Topology.create("lbt", ATTACKER, offloads);
        Servers servers = new Servers(topology).start(1, 2);
        LoadBalancer balancer =
            LocalBalancer.start(
                topology,
                new LbToml(topology, hook)
                    .service("web4", Family.IPV4, "tcp", WEB, "", 1, 1)
                    .service("web6", Family.IPV6, "tcp", WEB, "", 1, 1))) {
      List<Victim> idle = new ArrayList<>();
      ExecutorService threads = Executors.newCachedThreadPool();
      AtomicBoolean over = new AtomicBoolean();
      try {
        List<Future<Integer>> steady = new ArrayList<>();
        List<Victim> all = open(topology, IDLE + STEADY);
        for (Victim victim : all) {
          if (idle.size() < IDLE * Family.values().length) {
            idle.add(victim);
          } else {
            steady.add(threads.submit(() -> exchangeUntil(over, victim)));
          }
        }
        attack(topology, all);
        flood(topology, threads);

        assertThat(balancer.dataPlane().flowTableEvents().get("opened"))
            .as("SYNs that opened a flow")
            .isGreaterThan((long) SYNS * 9 / 10 * Family.values().length);
        for (Victim victim : idle) {
          assertThat(victim.conversation().exchange("still there")).isEqualTo("still there");
        }
        over.set(true);
        for (Future<Integer> exchanges : steady) {
          assertThat(exchanges.get()).isPositive();
        }
        for (Family family : Family.values()) {
          assertThat(answers(topology, family)).as("new connections afterwards").isEqualTo(20);
        }
      } finally {
        over.set(true);
        threads.shutdownNow();
        for (Victim victim : idle) {
          victim.conversation().close();
        }
      }
    }
  }

  private static InetSocketAddress web(Topology topology, Family family) {
    return new InetSocketAddress(topology.balancer().address(family), WEB);
  }

  private static List<Victim> open(Topology topology, int ofEachFamily) throws Exception {
    return Within.namespace(
        topology.client(),
        () -> {
          List<Victim> victims = new ArrayList<>();
          for (int i = 0; i < ofEachFamily; i++) {
            for (Family family : Family.values()) {
              victims.add(victim(topology, family));
            }
          }
          return victims;
        });
  }

  private static Victim victim(Topology topology, Family family) throws IOException {
    Conversation conversation = new Conversation(web(topology, family), 0);
    conversation.socket().setSoTimeout(PATIENCE_MILLIS);
    String name = conversation.echo();
    Namespace backend = topology.backend(Integer.parseInt(name.substring("backend".length())));
    return new Victim(
        family,
        conversation,
        (InetSocketAddress) conversation.socket().getLocalSocketAddress(),
        new InetSocketAddress(backend.address(family), Servers.PORT));
  }

  /** Echoes one line after the other; returns how many. */
  private static int exchangeUntil(AtomicBoolean over, Victim victim) throws IOException {
    int count = 0;
    try (Conversation conversation = victim.conversation()) {
      while (!over.get()) {
        String line = "line " + count++ + " " + "x".repeat(1000);
        assertThat(conversation.exchange(line)).isEqualTo(line);
      }
    }
    return count;
  }

  /** One of everything from either side, some times, for each connection. */
  private static void attack(Topology topology, List<Victim> victims) throws Exception {
    String clientsMac = macOf(topology, Topology.CLIENT_LINK);
    String attackersMac = macOf(topology, Topology.backendLink(ATTACKER));
    for (int round = 0; round < ROUNDS; round++) {
      Within.namespace(
          topology.client(),
          () -> {
            try (Forger forger = Forger.on("eth0", clientsMac)) {
              for (Victim victim : victims) {
                InetSocketAddress service = web(topology, victim.family());
                forger.synAck(victim.client(), service);
                forger.reset(victim.client(), service);
                forger.syn(victim.client(), service);
                forger.syn(victim.client(), victim.backend());
                forger.icmpErrors(service, victim.client());
              }
            }
            return null;
          });
      Within.namespace(
          topology.backend(ATTACKER),
          () -> {
            try (Forger forger = Forger.on("eth0", attackersMac)) {
              for (Victim victim : victims) {
                forger.synAck(victim.backend(), victim.client());
                forger.reset(victim.backend(), victim.client());
                forger.icmpErrors(victim.client(), victim.backend());
              }
            }
            return null;
          });
    }
  }

  private static String macOf(Topology topology, String link) throws IOException {
    return topology.balancer().run("cat", "/sys/class/net/" + link + "/address").strip();
  }

  /** A flood of SYNs by nobody, during which others must get through. */
  private static void flood(Topology topology, ExecutorService threads) throws Exception {
    topology.balancer().ip("route add 198.18.0.0/15 via %s\n".formatted(topology.client().ipv4()));
    topology.balancer().ip("route add fd98::/16 via %s\n".formatted(topology.client().ipv6()));
    String mac = macOf(topology, Topology.CLIENT_LINK);
    Future<Void> flood =
        threads.submit(
            () ->
                Within.namespace(
                    topology.client(),
                    () -> {
                      try (Forger forger = Forger.on("eth0", mac)) {
                        forger.flood(
                            InetAddress.getByName("198.18.0.0"), web(topology, Family.IPV4), SYNS);
                        forger.flood(
                            InetAddress.getByName("fd98::"), web(topology, Family.IPV6), SYNS);
                      }
                      return null;
                    }));
    int rounds = 0;
    while (!flood.isDone()) {
      for (Family family : Family.values()) {
        assertThat(answers(topology, family)).as("new connections meanwhile").isEqualTo(20);
      }
      rounds++;
    }
    flood.get();
    assertThat(rounds).isPositive();
  }

  private static long answers(Topology topology, Family family) throws Exception {
    return Within.parallel(
            topology.client(), 0, 20, i -> Conversation.nameOf(web(topology, family), 0))
        .stream()
        .filter(name -> name.startsWith("backend"))
        .count();
  }
}
