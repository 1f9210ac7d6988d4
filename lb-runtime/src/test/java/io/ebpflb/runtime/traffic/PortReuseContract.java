package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One client port for one connection after the other: to the same service, to another one of the
 * same backend, and straight to that. Each works, or is refused and counted by its reason.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class PortReuseContract {
  private static final int WEB = 80;
  private static final int SAME_BACKEND = 81;
  private static final int TIMES = 20;

  /** Longer than a flow must be silent to be asked about. */
  private static final String CLOSING = "closing-timeout = \"1s\"";

  /** Time for a SYN that is sent twice. */
  private static final int REFUSED_MILLIS = 1_500;

  private static final int FLOW_ENDS_SECONDS = 30;

  private final String hook;
  private final Topology.Offloads offloads;
  private Topology topology;
  private Servers servers;
  private LoadBalancer balancer;
  private int lastPort = 21_000;

  PortReuseContract(String hook, Topology.Offloads offloads) {
    this.hook = hook;
    this.offloads = offloads;
  }

  @BeforeAll
  void startAll() throws Exception {
    topology = Topology.create("lbt", 1, offloads);
    servers = new Servers(topology).start(1);
    LbToml config = new LbToml(topology, hook).dataplane(CLOSING);
    for (Family family : Family.values()) {
      config.service("web" + family.ordinal(), family, "tcp", WEB, "", 1);
      config.service("same" + family.ordinal(), family, "tcp", SAME_BACKEND, "", 1);
    }
    balancer = LocalBalancer.start(topology, config);
  }

  @AfterAll
  void stopAll() {
    if (balancer != null) {
      balancer.close();
    }
    if (servers != null) {
      servers.close();
    }
    if (topology != null) {
      topology.close();
    }
  }

  private InetSocketAddress service(Family family, int port) {
    return new InetSocketAddress(topology.balancer().address(family), port);
  }

  private InetSocketAddress backend(Family family) {
    return new InetSocketAddress(topology.backend(1).address(family), Servers.PORT);
  }

  private long drops(String reason) {
    return balancer.dataPlane().drops().get(reason);
  }

  private interface Steps {
    void take() throws Exception;
  }

  private void asClient(Steps steps) throws Exception {
    Within.namespace(
        topology.client(),
        () -> {
          steps.take();
          return null;
        });
  }

  /** The server closes first, so that the client's own kernel lets the port be used again. */
  private static void isAnswered(InetSocketAddress server, int port) throws IOException {
    try (Conversation conversation = new Conversation(server, port)) {
      conversation.say("name");
      assertThat(conversation.line()).startsWith("backend1 ");
      assertThat(conversation.in().read()).as("end of what it says").isNegative();
    }
  }

  private static void isRefused(InetSocketAddress server, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      assertThatThrownBy(() -> socket.connect(server, REFUSED_MILLIS))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static void isAlive(Conversation conversation) throws IOException {
    assertThat(conversation.exchange("alive?")).isEqualTo("alive?");
  }

  private void awaitNoFlow() throws Exception {
    long deadline = System.nanoTime() + FLOW_ENDS_SECONDS * 1_000_000_000L;
    while (flows() > 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private long flows() {
    Map<String, Long> events = balancer.dataPlane().flowTableEvents();
    return events.get("opened") - events.get("closed");
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void samePortAgainAfterEachEnd(Family family) throws Exception {
    int port = ++lastPort;
    asClient(
        () -> {
          for (int i = 0; i < TIMES; i++) {
            isAnswered(service(family, WEB), port);
            try (Conversation conversation = new Conversation(service(family, WEB), port)) {
              conversation.echo();
              conversation.abort();
            }
          }
        });
  }

  /** Some seconds for each: through each hook another one, in a long run both. */
  private Stream<Family> families() {
    Family one = hook.equals("xdp") ? Family.IPV4 : Family.IPV6;
    return Checkout.isLongRun() ? Stream.of(Family.values()) : Stream.of(one);
  }

  @ParameterizedTest
  @MethodSource("families")
  void anotherServiceOfTheSameBackend(Family family) throws Exception {
    int port = ++lastPort;
    asClient(
        () -> {
          long collisions = drops("collision");
          try (Conversation live = new Conversation(service(family, WEB), port)) {
            live.echo();
            isRefused(service(family, SAME_BACKEND), port);
            assertThat(drops("collision")).isGreaterThan(collisions);
            isAlive(live);
            live.abort();
          }
          // The RST may have been forged: for the closing timeout it is not believed.
          awaitNoFlow();
          isAnswered(service(family, SAME_BACKEND), port);
          // Closed by both sides: at once.
          isAnswered(service(family, WEB), port);
        });
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void straightToTheBackend(Family family) throws Exception {
    int port = ++lastPort;
    asClient(
        () -> {
          isAnswered(service(family, WEB), port);
          isAnswered(backend(family), port);
          try (Conversation reset = new Conversation(service(family, WEB), port)) {
            reset.echo();
            reset.abort();
          }
          long direct = drops("direct");
          isAnswered(backend(family), port);
          assertThat(drops("direct")).as("refused after RST").isEqualTo(direct);
          try (Conversation live = new Conversation(service(family, WEB), port)) {
            live.echo();
            isRefused(backend(family), port);
            assertThat(drops("direct")).isGreaterThan(direct);
            isAlive(live);
            live.abort();
          }
        });
  }

  /** As after a crash of the client: nobody tells the backend that the connection is over. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void clientThatHasForgottenItsConnection(Family family) throws Exception {
    int port = ++lastPort;
    String service = topology.balancer().address(family);
    asClient(
        () -> {
          try (Conversation forgotten = new Conversation(service(family, WEB), port)) {
            forgotten.echo();
            topology.client().ip("route add blackhole " + service + "\n");
            forgotten.abort();
          } finally {
            topology.client().ip("route del blackhole " + service + "\n");
          }
          isAnswered(service(family, WEB), port);
        });
  }
}
