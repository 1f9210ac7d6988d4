package io.ebpflb.runtime.bench;

import io.ebpflb.runtime.dataplane.BpfMap;
import io.ebpflb.runtime.dataplane.BpfObject;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.TestContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The programs of {@code bench.bpf.c}: restore a frame, then hand it to the program under test. To
 * be used within the bench's network namespace.
 */
final class OuterProgram implements AutoCloseable {
  /** Offsets in {@code struct lb_bench}. */
  private static final int WORDS = 8;

  private static final int NEXT = 80;
  private static final int FLOW_MASK = 84;
  private static final int CLIENT = 88;
  private static final int STATE_BYTES = 96;

  /** Frame bytes before the first of the words; the bytes before it are stored apart. */
  private static final int HEAD_BYTES = 6;

  /** Which end of the frame is the client's, whose address and port vary. */
  enum Client {
    IS_SOURCE,
    IS_DEST
  }

  private final BpfObject object;
  private final BpfMap state;
  private final BpfMap underTest;
  private Family family = Family.IPV4;
  private Frame frame;

  private OuterProgram(BpfObject object) {
    this.object = object;
    this.state = object.map(".data.bench");
    this.underTest = object.map("under_test");
  }

  static OuterProgram load() {
    BpfObject object = BpfObject.open("bench.bpf.o");
    try {
      return new OuterProgram(object.load());
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  BpfProgram stubPass() {
    return object.program("bench_stub_pass");
  }

  BpfProgram stubSend() {
    return object.program("bench_stub_send");
  }

  /** Each run gets this frame as it is. */
  void restore(Family newFamily, Frame newFrame) {
    write(newFamily, newFrame, 1, Client.IS_SOURCE, 0);
  }

  /**
   * Each run gets this frame with another client's address and port.
   *
   * @param flows how many clients take turns, a power of two
   * @param first the number of the flow that begins; a number names the same client again
   */
  void restore(Family newFamily, Frame newFrame, int flows, Client client, int first) {
    write(newFamily, newFrame, flows, client, first);
  }

  private void write(Family newFamily, Frame newFrame, int flows, Client client, int first) {
    if (Integer.bitCount(flows) != 1) {
      throw new IllegalArgumentException(flows + " flows: not a power of two");
    }
    family = newFamily;
    frame = newFrame;
    ByteBuffer bytes = ByteBuffer.allocate(STATE_BYTES).order(ByteOrder.nativeOrder());
    bytes.put(0, newFrame.bytes(), 0, WORDS);
    bytes.put(WORDS, newFrame.bytes(), HEAD_BYTES, newFrame.bytes().length - HEAD_BYTES);
    bytes.putInt(NEXT, first).putInt(FLOW_MASK, flows - 1).putInt(CLIENT, client.ordinal());
    state.update(0, bytes);
  }

  /**
   * Runs a program on the restored frame.
   *
   * @return the last run's verdict, and what one run took with the harness around it
   */
  BpfProgram.Run run(BpfProgram program, int repeat, int ifindex) {
    ByteBuffer fd = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    underTest.update(0, fd.putInt(0, program.fd()));
    String outer = family == Family.IPV4 ? "bench_outer_ipv4" : "bench_outer_ipv6";
    int bytes = frame.bytes().length;
    return object.program(outer).run(frame.bytes(), repeat, TestContext.xdp(bytes, ifindex));
  }

  @Override
  public void close() {
    object.close();
  }
}
