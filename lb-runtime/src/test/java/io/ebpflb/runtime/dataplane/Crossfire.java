package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * One of two threads, each on a CPU of its own, that open, promote, close, kill, sweep and reuse
 * the same lines of a tiny flow table. Each packet that comes back changed must be changed to what
 * is right for it, whatever the other one does at that moment.
 */
final class Crossfire {
  private static final int CLIENT_PORTS = 12;
  private static final int FIRST_PORT = 40_000;
  private static final int SEQUENCE = 5_000;
  private static final byte[] NOTHING = new byte[64];
  private static final int SWEEP_ONE_IN = 64;
  private static final int KILL_ONE_IN = 32;

  private final BpfDataPlane dataPlane;
  private final Scene.Hook hook;
  private final SplittableRandom random;
  private long changed;
  private long reset;
  private long tried;

  Crossfire(BpfDataPlane dataPlane, Scene.Hook hook, long seed) {
    this.dataPlane = dataPlane;
    this.hook = hook;
    this.random = new SplittableRandom(seed);
  }

  /** Packets that were translated. */
  long changed() {
    return changed;
  }

  /** Packets of killed flows that were answered by RST. */
  long reset() {
    return reset;
  }

  long tried() {
    return tried;
  }

  /** In the lab's namespace. What is to be killed has been written. */
  void run(int cpu, long deadlineNanos) throws Exception {
    pin(cpu);
    BpfProgram sweep = dataPlane.program("lb_sweep");
    BpfProgram kill = dataPlane.program("lb_kill");
    try (PacketRunner runner = new PacketRunner()) {
      while (System.nanoTime() < deadlineNanos) {
        if (random.nextInt(SWEEP_ONE_IN) == 0) {
          runner.run(sweep, NOTHING, TestContext.none());
        }
        if (random.nextInt(KILL_ONE_IN) == 0) {
          runner.run(kill, NOTHING, TestContext.none());
        }
        shoot(runner);
      }
    }
  }

  private static void pin(int cpu) throws Exception {
    Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    Process process =
        new ProcessBuilder("taskset", "-pc", "" + cpu, "" + self.getFileName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new AssertionError("pin to CPU " + cpu + ": " + said);
    }
  }

  /** A few packets of one connection, in an order that makes sense to it. */
  private void shoot(PacketRunner runner) {
    Scene.Family family = random.nextBoolean() ? Scene.Family.IPV4 : Scene.Family.IPV6;
    int protocol = random.nextInt(4) == 0 ? Packet.UDP : Packet.TCP;
    int service = random.nextInt(CrossfirePlan.SERVICES);
    int port = FIRST_PORT + random.nextInt(CLIENT_PORTS);
    Packet to =
        Packet.of(protocol)
            .from(family.onClientSide(Scene.CLIENT), port)
            .to(family.service(), CrossfirePlan.servicePort(service))
            .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC)
            .payload(4);
    Packet back =
        Packet.of(protocol)
            .from(CrossfirePlan.backend(family, service), CrossfirePlan.backendPort(service))
            .to(family.onClientSide(Scene.CLIENT), port)
            .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.BACKEND_MAC)
            .payload(4);
    int ack = Packet.ACK;
    meet(runner, to.tcp(Packet.SYN, 1, 0), true, family, service);
    meet(runner, back.tcp(Packet.SYN | ack, SEQUENCE, 2), false, family, service);
    meet(runner, to.tcp(ack, 2, SEQUENCE + 1), true, family, service);
    int end = random.nextInt(6);
    if (end == 0) {
      meet(runner, back.tcp(Packet.RST, SEQUENCE + 1, 2), false, family, service);
    } else if (end < 4) {
      meet(runner, to.tcp(Packet.FIN | ack, 2, SEQUENCE + 1), true, family, service);
      meet(runner, back.tcp(Packet.FIN | ack, SEQUENCE + 1, 3), false, family, service);
    } else if (end == 4) {
      Packet straight =
          to.tcp(Packet.SYN, 9, 0)
              .to(CrossfirePlan.backend(family, service), CrossfirePlan.backendPort(service));
      run(runner, straight.bytes(), PacketLab.CLIENT_SIDE_IFINDEX);
    }
  }

  private int run(PacketRunner runner, byte[] frame, int ifindex) {
    tried++;
    TestContext with =
        hook == Scene.Hook.XDP ? TestContext.xdp(frame.length, ifindex) : TestContext.tc(ifindex);
    return runner.run(dataPlane.program(hook.program), frame, with);
  }

  private void meet(
      PacketRunner runner, Packet packet, boolean toBackend, Scene.Family family, int service) {
    byte[] frame = packet.bytes();
    int ifindex = toBackend ? PacketLab.CLIENT_SIDE_IFINDEX : PacketLab.BACKEND_SIDE_IFINDEX;
    int verdict = run(runner, frame, ifindex);
    byte[] left = runner.left();
    if (verdict == hook.drop || Arrays.equals(frame, left)) {
      return;
    }
    if (Arrays.equals(packet.reset().bytes(), left)) {
      reset++;
      return;
    }
    changed++;
    FrameView before = new FrameView(frame);
    FrameView after = new FrameView(left);
    Packet due =
        toBackend
            ? packet.to(CrossfirePlan.backend(family, service), CrossfirePlan.backendPort(service))
            : packet.from(family.service(), CrossfirePlan.servicePort(service));
    ByteBuffer address = ByteBuffer.wrap((toBackend ? due.dest() : due.source()).getAddress());
    int port = toBackend ? CrossfirePlan.backendPort(service) : CrossfirePlan.servicePort(service);
    FrameView.Side wanted = new FrameView.Side(address, port);
    FrameView.Side got = toBackend ? after.dest() : after.source();
    if (!wanted.equals(got)) {
      HexFormat hex = HexFormat.of();
      throw new AssertionError(
          "another flow's address: %s instead of %s, in %s from %s"
              .formatted(got, wanted, hex.formatHex(left), hex.formatHex(frame)));
    }
    boolean sent = verdict == hook.redirect || verdict == hook.sendBack;
    new Translation(frame, left, before, toBackend, sent).check();
  }
}
