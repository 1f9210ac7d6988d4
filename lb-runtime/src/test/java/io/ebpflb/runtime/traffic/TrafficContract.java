package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients and backends see, whatever the hook: real sockets through the real program. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TrafficContract {
  private static final int TCP_PORT = 80;
  private static final int UDP_PORT = 53;
  private static final int[] WEIGHTS = {50, 30, 20};
  private static final int BYSTANDER = 4;

  private final String hook;
  private final Topology.Offloads offloads;
  private final Map<String, String> environment;
  private Topology topology;
  private Servers servers;
  private BalancerProcess balancer;

  TrafficContract(String hook, Topology.Offloads offloads, Map<String, String> environment) {
    this.hook = hook;
    this.offloads = offloads;
    this.environment = environment;
  }

  @BeforeAll
  void startAll() throws Exception {
    topology = Topology.create("lbt", BYSTANDER, offloads);
    servers = new Servers(topology).start(1, 2, 3, BYSTANDER);
    LbToml config = new LbToml(topology, hook);
    for (Family family : Family.values()) {
      config.service("web-" + label(family), family, "tcp", TCP_PORT, "", WEIGHTS);
      config.service("dns-" + label(family), family, "udp", UDP_PORT, "", WEIGHTS);
    }
    balancer = BalancerProcess.launch(topology, config, List.of(), environment);
    balancer.awaitLog("forwarding after");
  }

  @AfterAll
  void stopAll() throws Exception {
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

  private static String label(Family family) {
    return family == Family.IPV4 ? "4" : "6";
  }

  final BalancerProcess balancer() {
    return balancer;
  }

  private InetSocketAddress web(Family family) {
    return new InetSocketAddress(topology.balancer().address(family), TCP_PORT);
  }

  private InetSocketAddress dns(Family family) {
    return new InetSocketAddress(topology.balancer().address(family), UDP_PORT);
  }

  private static InetSocketAddress direct(Namespace backend, Family family) {
    return new InetSocketAddress(backend.address(family), Servers.PORT);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void connectionsAreSplitByWeight(Family family) throws Exception {
    // The same ports each time: selection has no seed, so that the outcome is the same too.
    int first = 20_000;
    int count = 2_000;
    Map<String, Long> answers =
        Within.parallel(
                topology.client(),
                first,
                first + count,
                port -> Conversation.nameOf(web(family), port))
            .stream()
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    assertThat(answers.keySet()).containsExactlyInAnyOrder("backend1", "backend2", "backend3");
    for (int i = 0; i < WEIGHTS.length; i++) {
      double percent = 100.0 * answers.get(Servers.name(i + 1)) / count;
      assertThat(percent).isBetween(WEIGHTS[i] - 3.0, WEIGHTS[i] + 3.0);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void backendsSeeTheClientsOwnAddress(Family family) throws Exception {
    String answer = Within.namespace(topology.client(), () -> Conversation.answer(web(family), 0));
    InetSocketAddress client = new InetSocketAddress(topology.client().address(family), 0);
    assertThat(answer.split(" ")[1]).isEqualTo(client.getAddress().getHostAddress());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void udpIsEchoedByOneBackendPerSocket(Family family) throws Exception {
    List<String> names =
        Within.parallel(
            topology.client(),
            0,
            200,
            number -> {
              try (Datagrams datagrams = new Datagrams(dns(family), new InetSocketAddress(0))) {
                String first = datagrams.exchange("first");
                String name = first.split(" ")[0];
                assertThat(first).isEqualTo(name + " first");
                for (String text : List.of("second", "third", "x".repeat(1000))) {
                  assertThat(datagrams.exchange(text)).isEqualTo(name + " " + text);
                }
                return name;
              }
            });
    assertThat(names).contains("backend1", "backend2", "backend3");
  }

  /** The backends live on different CPUs, so that each client CPU meets both arrangements. */
  @Test
  void clientAndBackendMayRunOnAnyCpu() throws Exception {
    for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
      for (Family family : Family.values()) {
        List<String> curl = new ArrayList<>(List.of("curl", "-sS", "--fail", "-m", "5", "-g"));
        for (int i = 0; i < 50; i++) {
          curl.add("http://" + topology.balancer().endpoint(family, TCP_PORT) + "/");
        }
        Process process =
            topology.client().programOnCpu(cpu, curl).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.split("(?=backend)")).hasSize(50).contains("backend1", "backend2");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void anotherHostsTrafficIsUntouched(Family family) throws Exception {
    Namespace bystander = topology.backend(BYSTANDER);
    InetSocketAddress client = new InetSocketAddress(topology.client().address(family), 0);
    // Port 80 of another host: what only looks at the port takes this for the service.
    Process other =
        bystander
            .program(Checkout.java(EchoServer.class, "bystander", Integer.toString(TCP_PORT)))
            .redirectErrorStream(true)
            .start();
    try (var out = other.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      String answer =
          Within.namespace(
              topology.client(),
              () ->
                  Conversation.answer(
                      new InetSocketAddress(bystander.address(family), TCP_PORT), 0));
      assertThat(answer).isEqualTo("bystander " + client.getAddress().getHostAddress());
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void directConnectionsWorkBeforeDuringAndAfterBalancedOnes(Family family) throws Exception {
    int first = 31_000 + 1_000 * family.ordinal();
    List<String> wrong =
        Within.parallel(
            topology.client(), first, first + 60, port -> directAndBalanced(family, port));
    assertThat(wrong).containsOnly("");
  }

  /** Returns what went wrong, empty if nothing did. */
  private String directAndBalanced(Family family, int port) throws Exception {
    String chosen;
    try (Conversation balanced = new Conversation(web(family), port)) {
      chosen = balanced.echo();
      balanced.abort();
    }
    InetSocketAddress direct =
        direct(topology.backend(Integer.parseInt(chosen.substring("backend".length()))), family);
    try (Conversation before = new Conversation(direct, port)) {
      if (!before.echo().equals(chosen)) {
        return "port " + port + " before: answered by another";
      }
      // So that the backend does not take the next connection for a late packet of this one.
      before.abort();
    }
    try (Conversation balanced = new Conversation(web(family), port)) {
      if (!balanced.echo().equals(chosen)) {
        return "port " + port + ": the table did not change, but its choice did";
      }
      try (Conversation during = new Conversation(direct, port + 100)) {
        if (!during.echo().equals(chosen) || !balanced.exchange("there?").equals("there?")) {
          return "port " + port + " during";
        }
      }
      balanced.finish();
    }
    try (Conversation after = new Conversation(direct, port)) {
      return after.echo().equals(chosen) ? "" : "port " + port + " after";
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void transfersArriveWhole(Family family) throws Exception {
    int bytes = 10_000_000;
    long expected = Payload.checksum(bytes);
    Within.namespace(
        topology.client(),
        () -> {
          try (Conversation download = new Conversation(web(family), 0)) {
            download.say("download " + bytes);
            assertThat(Payload.receive(download.in(), bytes)).isEqualTo(expected);
          }
          try (Conversation upload = new Conversation(web(family), 0)) {
            upload.say("upload " + bytes);
            Payload.send(upload.socket().getOutputStream(), bytes);
            assertThat(upload.line()).isEqualTo(Long.toHexString(expected));
          }
          return null;
        });
  }
}
