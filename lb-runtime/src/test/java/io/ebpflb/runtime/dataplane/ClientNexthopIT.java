package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A flow begins with the next hop towards its client that an earlier flow was told. */
@Tag("side-by-side")
class ClientNexthopIT {
  private static final int PORT = 20_000;

  /** In an IPv4 flow's line and in the second line of an IPv6 flow. */
  private static final int NEXTHOP_TO_CLIENT = 40;

  private static final int GENERATION_TO_CLIENT = 52;

  private PacketLab lab;
  private BpfDataPlane dataPlane;
  private int unused = PORT + 1000;

  @BeforeEach
  void open() throws Exception {
    lab = PacketLab.create("nexthops");
  }

  @AfterEach
  void close() throws Exception {
    if (dataPlane != null) {
      dataPlane.close();
    }
    lab.close();
  }

  private void openDataPlane() throws Exception {
    dataPlane = lab.within(() -> PacketTableDataPlane.open(Scene.Hook.XDP));
    // As long as any interface may be one of several ways, each flow asks.
    await(port -> beginsAs(Scene.Family.IPV4, port + 1, port));
  }

  private interface Condition {
    boolean holds(int port) throws Exception;
  }

  private void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.holds(openTwo())) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  /** Establishes a flow and opens another, from the next port. */
  private int openTwo() throws Exception {
    TimeUnit.MILLISECONDS.sleep(20);
    int port = unused;
    unused += 2;
    for (Scene.Family family : Scene.Family.values()) {
      scene(family, port).establish(Scene.SAME_BACKEND);
      Scene next = scene(family, port + 1);
      next.fromClient(next.open(Scene.SAME_BACKEND));
    }
    return port;
  }

  private Scene scene(Scene.Family family, int port) {
    return new Scene(lab, dataPlane, Scene.Hook.XDP, family, Packet.TCP, port);
  }

  private boolean beginsAs(Scene.Family family, int port, int other) {
    return toClient(family, port).equals(toClient(family, other));
  }

  private record Nexthop(long word, int generation) {}

  private static final Nexthop UNKNOWN = new Nexthop(0, 0);

  /** Of the flow that the client has from this port. */
  private Nexthop toClient(Scene.Family family, int port) {
    boolean ipv6 = family == Scene.Family.IPV6;
    int kind = ipv6 ? FlowLayout.TCP6 : FlowLayout.TCP4;
    try (MappedMemory flows = dataPlane.map("flows").mapped()) {
      for (int at = 0; at < flows.size(); at += FlowLayout.LINE_BYTES) {
        int ports = at + (ipv6 ? FlowLayout.PORTS6 : FlowLayout.PORTS4);
        if ((flows.getInt(at + 4) >> 8 & 0xff) == kind
            && (flows.getInt(ports) & 0xffff) == Hashes.portWord(port)) {
          int last = ipv6 ? at + FlowLayout.LINE_BYTES : at;
          return new Nexthop(
              flows.getLong(last + NEXTHOP_TO_CLIENT), flows.getInt(last + GENERATION_TO_CLIENT));
        }
      }
    }
    throw new AssertionError("no flow from port " + port);
  }

  @Test
  void oneThatTheSameClientAndServiceHad() throws Exception {
    openDataPlane();
    for (Scene.Family family : Scene.Family.values()) {
      oneThatTheSameClientAndServiceHad(family);
    }
  }

  private void oneThatTheSameClientAndServiceHad(Scene.Family family) {
    Scene first = scene(family, PORT);
    first.fromClient(first.open(Scene.WEB));
    assertThat(toClient(family, PORT)).as("nobody has asked").isEqualTo(UNKNOWN);
    first.fromBackend(first.answer()).reachesClient(first.answer(), Scene.WEB);
    assertThat(toClient(family, PORT)).isNotEqualTo(UNKNOWN);

    Scene next = scene(family, PORT + 1);
    next.fromClient(next.open(Scene.WEB));
    assertThat(beginsAs(family, PORT + 1, PORT)).isTrue();
    next.fromBackend(next.answer()).reachesClient(next.answer(), Scene.WEB);

    Scene otherService = scene(family, PORT + 2);
    otherService.fromClient(otherService.open(Scene.TWO_BACKENDS));
    assertThat(toClient(family, PORT + 2)).as("of another service").isEqualTo(UNKNOWN);
    Scene otherClient = scene(family, PORT + 3).withClient(Scene.NARROW_HOST);
    otherClient.fromClient(otherClient.open(Scene.WEB));
    assertThat(toClient(family, PORT + 3)).as("of another client").isEqualTo(UNKNOWN);
  }

  @Test
  void theFirstReplyAsksIfItComesByAnotherInterface() throws Exception {
    for (String version : List.of("-4", "-6")) {
      lab.ip(
          List.of(version, "rule", "add", "iif", PacketLab.TAGGED_BACKEND_SIDE, "lookup", "100"));
      lab.ip(List.of(version, "route", "add", "unreachable", "default", "table", "100"));
    }
    openDataPlane();
    for (Scene.Family family : Scene.Family.values()) {
      scene(family, PORT).establish(Scene.WEB);
      Scene next = scene(family, PORT + 1);
      next.fromClient(next.open(Scene.WEB));
      assertThat(beginsAs(family, PORT + 1, PORT)).isTrue();
      next.fromBackend(next.answer(), PacketLab.TAGGED_BACKEND_SIDE_IFINDEX).passesBecause("route");
      next.fromBackend(next.answer()).reachesClient(next.answer(), Scene.WEB);
    }
  }

  @Test
  void eachFlowAsksWherePortsDecide() throws Exception {
    openDataPlane();
    Path policy = Path.of("/proc/sys/net/ipv4/fib_multipath_hash_policy");
    lab.within(() -> Files.writeString(policy, "1"));
    // It is read every few seconds, and when an interface changes.
    lab.ip(List.of("link", "set", PacketLab.CLIENT_SIDE, "alias", "clients"));
    Condition eachAsks =
        port ->
            !beginsAs(Scene.Family.IPV4, port + 1, port)
                && !beginsAs(Scene.Family.IPV6, port + 1, port);
    await(eachAsks);
    // Not only as long as the change may have made several ways.
    for (int i = 0; i < 100; i++) {
      assertThat(eachAsks.holds(openTwo())).isTrue();
    }
  }
}
