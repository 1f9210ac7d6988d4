package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.FlowFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What both ends of a connection see of it when an operator kills it. */
class KillIT {
  private static final int WEB = 80;
  private static final int CONNECTIONS = 12;
  private static final int TIMEOUT_MILLIS = 5_000;

  /** A service whose backend is on the balancer, so that its replies meet no ingress program. */
  private static final int LOCAL = 81;

  private static final int LOCAL_PORT = 9090;

  private Topology topology;
  private LoadBalancer balancer;
  private final Map<Namespace, ServerSocket> servers = new HashMap<>();
  private int lastPort = 21_000;

  @ParameterizedTest
  @CsvSource({"tc,DEFAULT", "xdp,NONE"})
  void bothEndsAreResetWhenTheySpeakAndOtherConnectionsGoOn(String hook, Topology.Offloads offloads)
      throws Exception {
    topology = Topology.create("lbt", 2, offloads);
    listen(topology.balancer(), LOCAL_PORT);
    listen(topology.backend(1), Servers.PORT);
    listen(topology.backend(2), Servers.PORT);
    balancer = LocalBalancer.start(topology, config(hook));
    for (Family family : Family.values()) {
      kill(family);
      maintain(family);
      killLocal(family);
    }
  }

  @AfterEach
  void closeAll() throws IOException {

    if (balancer != null) {
      balancer.close();
    }
    for (ServerSocket server : servers.values()) {
      server.close();
    }
    if (topology != null) {
      topology.close();
    }
  }

  private void listen(Namespace where, int port) throws Exception {
    ServerSocket server = Within.namespace(where, () -> new ServerSocket(port));
    server.setSoTimeout(TIMEOUT_MILLIS);
    servers.put(where, server);
  }

  private LbToml config(String hook) {
    LbToml config = new LbToml(topology, hook).dataplane("max-flows = 1024");
    for (Family family : Family.values()) {
      config.service("web" + family.ordinal(), family, "tcp", WEB, "", 1, 1);
      config.tables(
          "[[service]]\nname = \"local%d\"\nlisten = \"%s\"\nprotocol = \"tcp\"\n"
                  .formatted(family.ordinal(), topology.balancer().endpoint(family, LOCAL))
              + "  [[service.target]]\n  address = \"%s\"\n"
                  .formatted(topology.balancer().endpoint(family, LOCAL_PORT)));
    }
    return config;
  }

  /** Some of the connections are killed; their ports work again at once. */
  private void kill(Family family) throws Exception {
    Map<Connection, Namespace> open = new HashMap<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      connect(family, WEB, ++lastPort, open);
    }
    Namespace victim = topology.backend(1);
    FlowFilter filter = of("web" + family.ordinal(), victim.endpoint(family, Servers.PORT));
    long killed = open.values().stream().filter(victim::equals).count();
    assertThat(killed).isBetween(1L, CONNECTIONS - 1L);

    assertThat(await(balancer.operations().killFlows(filter))).isEqualTo(killed);

    assertThat(await(balancer.operations().countFlows(filter))).isZero();
    for (Map.Entry<Connection, Namespace> each : open.entrySet()) {
      try (Connection connection = each.getKey()) {
        int port = connection.client().getLocalPort();
        if (each.getValue().equals(victim)) {
          connection.isReset(port % 2 == 0);
          connect(family, WEB, port, new HashMap<>()).close();
        } else {
          connection.isAlive();
        }
      }
    }
  }

  /** Both backends leave, and although nobody is left to serve them, all connections are reset. */
  private void maintain(Family family) throws Exception {
    Map<Connection, Namespace> open = new HashMap<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      connect(family, WEB, ++lastPort, open);
    }
    for (Namespace backend : topology.backends()) {
      await(
          balancer
              .operations()
              .setAdminState(
                  "web" + family.ordinal(),
                  backend.endpoint(family, Servers.PORT),
                  AdminState.MAINTENANCE,
                  Optional.empty()));
    }
    for (Connection connection : open.keySet()) {
      connection.isReset(connection.client().getLocalPort() % 2 == 0);
      connection.close();
    }
  }

  private void killLocal(Family family) throws Exception {
    for (boolean clientFirst : new boolean[] {true, false}) {
      try (Connection connection = connect(family, LOCAL, ++lastPort, new HashMap<>())) {
        FlowFilter filter =
            of("local" + family.ordinal(), topology.balancer().endpoint(family, LOCAL_PORT));
        assertThat(await(balancer.operations().killFlows(filter))).isEqualTo(1);
        connection.isReset(clientFirst);
      }
    }
  }

  /** A connection by which something was said, entered with the host that accepted it. */
  private Connection connect(Family family, int service, int port, Map<Connection, Namespace> to)
      throws Exception {
    Socket client =
        Within.namespace(
            topology.client(),
            () -> {
              Socket socket = new Socket();
              socket.setReuseAddress(true);
              socket.bind(new InetSocketAddress(port));
              socket.connect(
                  new InetSocketAddress(topology.balancer().address(family), service),
                  TIMEOUT_MILLIS);
              return socket;
            });
    Namespace backend = service == LOCAL ? topology.balancer() : accepting(family, port);
    Connection connection = new Connection(client, servers.get(backend).accept());
    connection.isAlive();
    to.put(connection, backend);
    return connection;
  }

  private Namespace accepting(Family family, int port) throws Exception {
    FlowFilter filter =
        new FlowFilter(
            Optional.of("web" + family.ordinal()),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.of(port));
    Plan.Endpoint endpoint =
        await(balancer.operations().flows(filter, 1)).flows().get(0).backend().endpoint();
    return topology.backends().stream()
        .filter(
            each ->
                Endpoints.format(endpoint.address(), endpoint.port())
                    .equals(each.endpoint(family, Servers.PORT)))
        .findFirst()
        .orElseThrow();
  }

  private static FlowFilter of(String service, String endpoint) {
    return new FlowFilter(
        Optional.of(service), Optional.of(endpoint), Optional.empty(), OptionalInt.empty());
  }

  private static <T> T await(CompletableFuture<T> done) throws Exception {
    return done.get(60, TimeUnit.SECONDS);
  }
}
