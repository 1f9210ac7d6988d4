package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.BpfProgram;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the program under test gets to see; {@code lo} is device 1 in each namespace. */
class OuterProgramIT {
  private static final int LOOPBACK = 1;
  private static final int XDP_PASS = 2;
  private static final int XDP_TX = 3;

  private OuterProgram outer;

  @BeforeEach
  void load() {
    outer = OuterProgram.load();
  }

  @AfterEach
  void close() {
    outer.close();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void restoresTheFrame(Family family) {
    Frame frame = frame(family);
    outer.restore(family, frame);
    BpfProgram.Run run = outer.run(outer.stubPass(), 3, LOOPBACK);
    assertThat(run.verdict()).isEqualTo(XDP_PASS);
    assertThat(run.packet()).isEqualTo(frame.bytes());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void restoresWhatTheProgramRewrote(Family family) {
    Frame frame = frame(family);
    outer.restore(family, frame);
    // An even number of swaps without restoring would give the frame itself.
    BpfProgram.Run run = outer.run(outer.stubSend(), 2, LOOPBACK);
    assertThat(run.verdict()).isEqualTo(XDP_TX);
    byte[] swapped = frame.bytes().clone();
    System.arraycopy(frame.bytes(), 0, swapped, 6, 6);
    System.arraycopy(frame.bytes(), 6, swapped, 0, 6);
    assertThat(run.packet()).isEqualTo(swapped);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void givesEachFlowItsOwnClientAndLeavesTheRest(Family family) {
    Frame frame = frame(family);
    int flows = 1 << 15;
    int address = family == Family.IPV4 ? 26 : 34;
    int port = family == Family.IPV4 ? 34 : 54;
    outer.restore(family, frame, flows, OuterProgram.Client.IS_SOURCE, 0);
    Set<Long> clients = new HashSet<>();
    int sampled = 300;
    for (int i = 0; i < sampled; i++) {
      byte[] seen = outer.run(outer.stubPass(), 1, LOOPBACK).packet();
      ByteBuffer b = ByteBuffer.wrap(seen);
      clients.add((long) b.getInt(address) << 16 | b.getShort(port) & 0xffff);
      System.arraycopy(frame.bytes(), address, seen, address, 4);
      System.arraycopy(frame.bytes(), port, seen, port, 2);
      assertThat(seen).isEqualTo(frame.bytes());
    }
    assertThat(clients).hasSize(sampled);
    outer.run(outer.stubPass(), flows - sampled, LOOPBACK);
    byte[] again = outer.run(outer.stubPass(), 1, LOOPBACK).packet();
    outer.restore(family, frame, flows, OuterProgram.Client.IS_SOURCE, 0);
    assertThat(outer.run(outer.stubPass(), 1, LOOPBACK).packet()).isEqualTo(again);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void namesTheSameClientInRepliesAsInRequests(Family family) {
    int address = family == Family.IPV4 ? 26 : 34;
    int addressBytes = 4;
    int between = family == Family.IPV4 ? 4 : 16;
    int port = family == Family.IPV4 ? 34 : 54;
    Frame request = frame(family);
    Frame reply =
        Frame.of(
            family,
            Protocol.TCP,
            new Frame.End(family.backend(0), 8080),
            new Frame.End(family.client(0), 0),
            new Frame.Tcp(Frame.ACK, 1, 1));
    outer.restore(family, request, 1 << 16, OuterProgram.Client.IS_SOURCE, 77);
    byte[] there = outer.run(outer.stubPass(), 1, LOOPBACK).packet();
    outer.restore(family, reply, 1 << 16, OuterProgram.Client.IS_DEST, 77);
    byte[] back = outer.run(outer.stubPass(), 1, LOOPBACK).packet();
    assertThat(part(back, address + between, addressBytes))
        .isEqualTo(part(there, address, addressBytes));
    assertThat(part(back, port + 2, 2)).isEqualTo(part(there, port, 2));
  }

  private static byte[] part(byte[] bytes, int from, int length) {
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  private static Frame frame(Family family) {
    return Frame.of(
        family,
        Protocol.TCP,
        new Frame.End(family.client(0), 40000),
        new Frame.End(family.service(), 80),
        new Frame.Tcp(Frame.SYN, 1000, 0));
  }
}
