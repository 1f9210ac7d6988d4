package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One row of the packet table at work: a client of its own, the packets of its connection, and what
 * the program makes of them. The row's client port keeps its flows apart from other rows'.
 */
final class Scene {
  static final int CLIENT = 2;

  /** A client whose address a source route names. */
  static final int ROUTED_CLIENT = 130;

  /** A client that no neighbor entry tells how to reach. */
  static final int UNKNOWN_CLIENT = 77;

  static final int BACKEND = 10;
  static final int OTHER_BACKEND = 11;

  /** A host behind us that is nobody's backend. */
  static final int STRANGER = 99;

  /** On either side, one whose route carries less than the device. */
  static final int NARROW_HOST = 20;

  static final int BACKEND_PORT = 8080;

  /** Service ports; {@link PacketTablePlan} says what is behind each. */
  static final int WEB = 80;

  static final int SAME_BACKEND = 81;
  static final int TWO_BACKENDS = 82;
  static final int NO_BACKEND = 83;
  static final int ALL_ZERO = 84;
  static final int ROUTED = 85;
  static final int UNREACHABLE = 86;
  static final int BY_SOURCE = 87;
  static final int TAGGED = 88;
  static final int NARROW = 89;
  static final int ANY_ADDRESS = 90;
  static final int NO_SERVICE = 9999;

  enum Family {
    IPV4("10.%d.0.%d", "10.99.0.1"),
    IPV6("fd%d::%d", "fd99::1");

    private final String host;
    private final String service;

    Family(String host, String service) {
      this.host = host;
      this.service = service;
    }

    InetAddress onClientSide(int number) {
      return on(PacketLab.CLIENT_NETWORK, number);
    }

    InetAddress onBackendSide(int number) {
      return on(PacketLab.BACKEND_NETWORK, number);
    }

    InetAddress on(int network, int number) {
      return parse(host.formatted(network, number));
    }

    InetAddress service() {
      return parse(service);
    }

    private static InetAddress parse(String literal) {
      try {
        return InetAddress.getByName(literal);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(literal, e);
      }
    }
  }

  /** Where the program under test is attached, with its verdicts by meaning. */
  enum Hook {
    XDP("lb_xdp", 2, 1, 4, 3),
    TC("lb_tc_ingress", -1, 2, 7, 7);

    final String program;
    final int pass;
    final int drop;
    final int redirect;
    final int sendBack;

    Hook(String program, int pass, int drop, int redirect, int sendBack) {
      this.program = program;
      this.pass = pass;
      this.drop = drop;
      this.redirect = redirect;
      this.sendBack = sendBack;
    }
  }

  private static final int CLIENT_SEQUENCE = 1000;
  private static final int BACKEND_SEQUENCE = 0xfffffff0;

  private final PacketLab lab;
  private final BpfDataPlane dataPlane;
  private final Hook hook;
  private final Family family;
  private final int protocol;
  private final int clientPort;
  private int clientHost = CLIENT;

  Scene(
      PacketLab lab,
      BpfDataPlane dataPlane,
      Hook hook,
      Family family,
      int protocol,
      int clientPort) {
    this.lab = lab;
    this.dataPlane = dataPlane;
    this.hook = hook;
    this.family = family;
    this.protocol = protocol;
    this.clientPort = clientPort;
  }

  Family family() {
    return family;
  }

  Hook hook() {
    return hook;
  }

  BpfDataPlane dataPlane() {
    return dataPlane;
  }

  boolean isTcp() {
    return protocol == Packet.TCP;
  }

  int clientPort() {
    return clientPort;
  }

  Scene withClient(int host) {
    clientHost = host;
    return this;
  }

  InetAddress client() {
    return family.onClientSide(clientHost);
  }

  InetAddress backend() {
    return family.onBackendSide(BACKEND);
  }

  InetAddress otherBackend() {
    return family.onBackendSide(OTHER_BACKEND);
  }

  InetAddress stranger() {
    return family.onBackendSide(STRANGER);
  }

  /** Of the row's protocol, from the client to the service, without a word of TCP said. */
  Packet toService(int port) {
    return Packet.of(protocol)
        .from(client(), clientPort)
        .to(family.service(), port)
        .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC);
  }

  /** From the backend, to be translated. */
  Packet toClient() {
    return Packet.of(protocol)
        .from(backend(), BACKEND_PORT)
        .to(client(), clientPort)
        .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.BACKEND_MAC);
  }

  /** SYN, or the first datagram. */
  Packet open(int port) {
    Packet p = toService(port);
    return isTcp() ? p.tcp(Packet.SYN, CLIENT_SEQUENCE, 0) : p.payload(11);
  }

  /** SYN-ACK, or the first datagram back. */
  Packet answer() {
    Packet p = toClient();
    return isTcp()
        ? p.tcp(Packet.SYN | Packet.ACK, BACKEND_SEQUENCE, CLIENT_SEQUENCE + 1)
        : p.payload(7);
  }

  /** ACK of the SYN-ACK, or the second datagram: this establishes a flow. */
  Packet confirm(int port) {
    Packet p = toService(port);
    return isTcp() ? p.tcp(Packet.ACK, CLIENT_SEQUENCE + 1, BACKEND_SEQUENCE + 1) : p.payload(5);
  }

  Packet data(int port, int bytes) {
    Packet p = toService(port).payload(bytes);
    return isTcp() ? p.tcp(Packet.ACK | Packet.PSH, CLIENT_SEQUENCE + 1, BACKEND_SEQUENCE + 1) : p;
  }

  Packet reply(int bytes) {
    Packet p = toClient().payload(bytes);
    return isTcp() ? p.tcp(Packet.ACK | Packet.PSH, BACKEND_SEQUENCE + 1, CLIENT_SEQUENCE + 1) : p;
  }

  Packet clientSays(int flags, int port) {
    return toService(port).tcp(flags, CLIENT_SEQUENCE + 1, BACKEND_SEQUENCE + 1);
  }

  Packet backendSays(int flags) {
    return toClient().tcp(flags, BACKEND_SEQUENCE + 1, CLIENT_SEQUENCE + 1);
  }

  /** Opens, answers and confirms, each packet checked. */
  void establish(int port) {
    fromClient(open(port)).reachesBackend(open(port));
    fromBackend(answer()).reachesClient(answer(), port);
    long before = tableEvents("promoted");
    fromClient(confirm(port)).reachesBackend(confirm(port));
    assertThat(tableEvents("promoted") - before).as("promoted").isEqualTo(1);
  }

  /** FIN both ways. */
  void finish(int port) {
    Packet fin = clientSays(Packet.FIN | Packet.ACK, port);
    fromClient(fin).reachesBackend(fin);
    Packet finBack = backendSays(Packet.FIN | Packet.ACK);
    fromBackend(finBack).reachesClient(finBack, port);
  }

  /** Returns how many flows of the client's port there were. */
  long kill() {
    return dataPlane.removeFlows(
        new FlowQuery(Optional.empty(), Optional.empty(), OptionalInt.of(clientPort)));
  }

  Outcome fromClient(Packet packet) {
    return fromClient(packet.bytes());
  }

  Outcome fromClient(byte[] bytes) {
    return outcome(hook.program, bytes, PacketLab.CLIENT_SIDE_IFINDEX);
  }

  /** A packet that the device has put together from several, each with this much payload. */
  Outcome fromClient(Packet packet, int segments, int segmentBytes) {
    TestContext context = TestContext.tc(PacketLab.CLIENT_SIDE_IFINDEX, segments, segmentBytes);
    return outcome(hook.program, packet.bytes(), context);
  }

  Outcome fromBackend(Packet packet) {
    return fromBackend(packet, PacketLab.BACKEND_SIDE_IFINDEX);
  }

  /** By this interface. */
  Outcome fromBackend(Packet packet, int ifindex) {
    return outcome(hook.program, packet.bytes(), ifindex);
  }

  /** As the stack sends it by the device towards the clients; see {@link Outcome#onTheWayOut}. */
  Outcome leaving(Packet packet) {
    return outcome(
        "lb_tc_egress", Outcome.onTheWayOut(packet).bytes(), PacketLab.CLIENT_SIDE_IFINDEX);
  }

  long tableEvents(String name) {
    return dataPlane.flowTableEvents().get(name);
  }

  DataPlane.BackendCounters counters(int port) {
    return dataPlane
        .backendCounters()
        .get(
            new DataPlane.BackendKey(
                PacketTablePlan.name(family, isTcp(), port),
                new Plan.Endpoint(backend(), BACKEND_PORT)));
  }

  private Outcome outcome(String program, byte[] bytes, int ifindex) {
    boolean xdp = hook == Hook.XDP && program.equals(hook.program);
    return outcome(
        program, bytes, xdp ? TestContext.xdp(bytes.length, ifindex) : TestContext.tc(ifindex));
  }

  private Outcome outcome(String program, byte[] bytes, TestContext context) {
    Map<String, Long> drops = dataPlane.drops();
    Map<String, Long> handed = dataPlane.handedToStack();
    try {
      BpfProgram.Run run = lab.within(() -> dataPlane.program(program).run(bytes, 1, context));
      return new Outcome(this, program, bytes, run, drops, handed);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
