package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** What became of one packet. */
final class Outcome {
  private static final int TC_PASS = -1;

  private final Scene scene;
  private final String program;
  private final byte[] in;
  private final BpfProgram.Run run;
  private final Map<String, Long> dropsBefore;
  private final Map<String, Long> handedBefore;

  Outcome(
      Scene scene,
      String program,
      byte[] in,
      BpfProgram.Run run,
      Map<String, Long> dropsBefore,
      Map<String, Long> handedBefore) {
    this.scene = scene;
    this.program = program;
    this.in = in;
    this.run = run;
    this.dropsBefore = dropsBefore;
    this.handedBefore = handedBefore;
  }

  /** Sent to the backend as this packet, one hop further. */
  void reachesBackend(Packet original) {
    reaches(scene.backend(), original);
  }

  void reaches(InetAddress backend, Packet original) {
    isSentAs(
        original
            .to(backend, Scene.BACKEND_PORT)
            .forwarded()
            .macs(PacketLab.BACKEND_MAC, PacketLab.BACKEND_SIDE_MAC));
  }

  /** Sent to the client with the service as its source, one hop further. */
  void reachesClient(Packet original, int port) {
    reachesClient(original, scene.family().service(), port);
  }

  void reachesClient(Packet original, InetAddress service, int port) {
    isSentAs(
        original
            .from(service, port)
            .forwarded()
            .macs(PacketLab.CLIENT_MAC, PacketLab.CLIENT_SIDE_MAC));
  }

  /** Sent by the device that it came by. */
  void isSentBackAs(Packet expected) {
    verdict(scene.hook().sendBack);
    bytes(expected.bytes());
    countsNothing();
  }

  /** Sent by the other device. */
  void isSentAs(Packet expected) {
    verdict(scene.hook().redirect);
    bytes(expected.bytes());
    countsNothing();
  }

  /** Left to the stack as it came, and counted nowhere. */
  void passes() {
    verdict(passVerdict());
    bytes(in);
    countsNothing();
  }

  /** Left to the stack as it came, for this reason. */
  void passesBecause(String reason) {
    verdict(passVerdict());
    bytes(in);
    counted("handed to stack", handedBefore, scene.dataPlane().handedToStack(), reason);
  }

  /** Left to the stack as this packet, for this reason. */
  void passesAs(Packet expected, String reason) {
    verdict(passVerdict());
    bytes(expected.bytes());
    counted("handed to stack", handedBefore, scene.dataPlane().handedToStack(), reason);
  }

  /** Goes on its way out as this packet. */
  void leavesAs(Packet expected) {
    verdict(TC_PASS);
    bytes(onTheWayOut(expected).bytes());
    countsNothing();
  }

  /** Answered by an RST to whoever sent this packet, and by nothing else. */
  void isReset(Packet original) {
    boolean egress = !program.equals(scene.hook().program);
    verdict(egress ? Scene.Hook.TC.redirect : scene.hook().redirect);
    bytes(original.reset().bytes());
    counted("dropped", dropsBefore, scene.dataPlane().drops(), "killed");
    assertThat(newHandovers()).as("newly handed to the stack").isEmpty();
  }

  void isDroppedBecause(String reason) {
    verdict(scene.hook().drop);
    counted("dropped", dropsBefore, scene.dataPlane().drops(), reason);
  }

  /** The address that the packet was sent on to. */
  InetAddress destination() {
    verdict(scene.hook().redirect);
    int at = scene.family() == Scene.Family.IPV4 ? 30 : 38;
    int size = scene.family() == Scene.Family.IPV4 ? 4 : 16;
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(run.packet(), at, at + size));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  boolean wasDropped() {
    return run.verdict() == scene.hook().drop;
  }

  private int passVerdict() {
    return program.equals(scene.hook().program) ? scene.hook().pass : TC_PASS;
  }

  private void verdict(int expected) {
    assertThat(run.verdict())
        .as("verdict of %s; drops %s, handed to stack %s", program, newDrops(), newHandovers())
        .isEqualTo(expected);
  }

  private Map<String, Long> newDrops() {
    return difference(dropsBefore, scene.dataPlane().drops());
  }

  private Map<String, Long> newHandovers() {
    return difference(handedBefore, scene.dataPlane().handedToStack());
  }

  private void bytes(byte[] expected) {
    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(run.packet())).as("packet").isEqualTo(hex.formatHex(expected));
  }

  private void countsNothing() {
    assertThat(newDrops()).as("new drops").isEmpty();
    assertThat(newHandovers()).as("newly handed to the stack").isEmpty();
  }

  private void counted(
      String what, Map<String, Long> before, Map<String, Long> after, String reason) {
    assertThat(after).as("reasons").containsKey(reason);
    assertThat(difference(before, after)).as(what).isEqualTo(Map.of(reason, 1L));
  }

  private static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> difference = new TreeMap<>();
    after.forEach(
        (name, count) -> {
          long more = count - before.getOrDefault(name, 0L);
          if (more != 0) {
            difference.put(name, more);
          }
        });
    return difference;
  }

  /** The test run takes a packet for another host's if it is not for the device's own address. */
  static Packet onTheWayOut(Packet packet) {
    return packet.macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_SIDE_MAC);
  }
}
