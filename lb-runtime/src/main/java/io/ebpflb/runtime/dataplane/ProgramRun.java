package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;

/**
 * What {@code BPF_PROG_TEST_RUN} is given and gives back, in memory that serves for any number of
 * runs. Not thread-safe.
 */
final class ProgramRun implements AutoCloseable {
  private static final int PACKET_BYTES_MAX = 1 << 16;

  /** For a program that looks at no packet: the kernel wants one. */
  private static final int SOME_PACKET_BYTES = 64;

  private static final int OPTIONS_BYTES = 80;
  private static final int PACKET_IN = 8;
  private static final int PACKET_OUT = 16;
  private static final int PACKET_IN_BYTES = 24;
  private static final int PACKET_OUT_BYTES = 28;
  private static final int CONTEXT = 32;
  private static final int CONTEXT_BYTES = 48;
  private static final int VERDICT = 56;
  private static final int REPEAT = 60;
  private static final int NANOS = 64;

  private final BpfProgram program;
  private final Memory in;
  private final Memory out;
  private final Memory context;
  private final Memory options = new Memory(OPTIONS_BYTES);

  ProgramRun(BpfProgram program, byte[] packet, TestContext with) {
    this(program, packet, with, PACKET_BYTES_MAX);
  }

  private ProgramRun(BpfProgram program, byte[] packet, TestContext with, int bytesMax) {
    this.program = program;
    in = new Memory(packet.length);
    in.write(0, packet, 0, packet.length);
    out = new Memory(bytesMax);
    context = new Memory(Math.max(1, with.bytes().length));
    options.clear();
    options.setLong(0, OPTIONS_BYTES);
    options.setPointer(PACKET_IN, in);
    options.setInt(PACKET_IN_BYTES, packet.length);
    options.setPointer(PACKET_OUT, out);
    if (with.bytes().length > 0) {
      context.write(0, with.bytes(), 0, with.bytes().length);
      options.setPointer(CONTEXT, context);
      options.setInt(CONTEXT_BYTES, with.bytes().length);
    }
  }

  /** Of a program that looks at no packet and leaves it as it is. */
  static ProgramRun ofNoPacket(BpfProgram program) {
    return new ProgramRun(
        program, new byte[SOME_PACKET_BYTES], TestContext.none(), SOME_PACKET_BYTES);
  }

  /**
   * @param repeat with more than one, each run gets the packet that the last one left
   * @return the verdict of the last
   */
  int run(int repeat) {
    // The kernel writes how long the packet is that it gives back.
    options.setInt(PACKET_OUT_BYTES, (int) out.size());
    options.setInt(REPEAT, repeat);
    int result = LibBpf.bpf_prog_test_run_opts(program.fd(), options);
    if (result < 0) {
      throw new DataPlaneException(
          "run program %s: %s".formatted(program.name(), Errno.name(result)));
    }
    return options.getInt(VERDICT);
  }

  /** As the last run left it. */
  byte[] packet() {
    return out.getByteArray(0, options.getInt(PACKET_OUT_BYTES));
  }

  /** Of one run, the kernel's mean over the last ones. */
  int nanos() {
    return options.getInt(NANOS);
  }

  @Override
  public void close() {
    in.close();
    out.close();
    context.close();
    options.close();
  }
}
