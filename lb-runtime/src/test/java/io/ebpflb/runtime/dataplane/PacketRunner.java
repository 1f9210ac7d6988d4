package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.util.List;

/** Runs programs on packets many times over, with buffers of its own. For one thread at a time. */
final class PacketRunner implements AutoCloseable {
  private static final int OPTIONS_BYTES = 80;
  private static final int PACKET_BYTES_MAX = 4096;
  private static final int CONTEXT_BYTES_MAX = 256;

  private final Memory in = new Memory(PACKET_BYTES_MAX);
  private final Memory out = new Memory(PACKET_BYTES_MAX);
  private final Memory context = new Memory(CONTEXT_BYTES_MAX);
  private final Memory options = new Memory(OPTIONS_BYTES);

  /** Returns the verdict. The device must be in the calling thread's network namespace. */
  int run(BpfProgram program, byte[] packet, TestContext with) {
    in.write(0, packet, 0, packet.length);
    context.write(0, with.bytes(), 0, with.bytes().length);
    options.clear();
    options.setLong(0, OPTIONS_BYTES);
    options.setPointer(8, in);
    options.setPointer(16, out);
    options.setInt(24, packet.length);
    options.setInt(28, PACKET_BYTES_MAX);
    if (with.bytes().length > 0) {
      options.setPointer(32, context);
      options.setInt(48, with.bytes().length);
    }
    options.setInt(60, 1);
    int result = LibBpf.bpf_prog_test_run_opts(program.fd(), options);
    if (result < 0) {
      throw new AssertionError("run " + program.name() + ": " + Errno.name(result));
    }
    return options.getInt(56);
  }

  /** The packet as the last run left it. */
  byte[] left() {
    return out.getByteArray(0, options.getInt(28));
  }

  @Override
  public void close() {
    for (Memory memory : List.of(in, out, context, options)) {
      memory.close();
    }
  }
}
