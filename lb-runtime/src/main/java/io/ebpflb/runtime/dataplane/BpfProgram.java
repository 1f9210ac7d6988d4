package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;

/** A loaded program; valid until its object is closed. */
public final class BpfProgram {
  private static final int OPTIONS_BYTES = 80;
  private static final int PACKET_BYTES_MAX = 1 << 16;

  private final String name;
  private final int fd;

  BpfProgram(String name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  /**
   * @param packet as the program left it
   * @param nanos of one run, the kernel's mean over all of them
   */
  public record Run(int verdict, byte[] packet, int nanos) {}

  public String name() {
    return name;
  }

  public int fd() {
    return fd;
  }

  /**
   * Attaches natively, in place of nothing, to an interface of the calling thread's network
   * namespace. The kernel detaches it when this process ends.
   *
   * @throws DataPlaneException if there is no such interface, or its driver refuses
   */
  public Attachment attachXdp(String interfaceName) {
    NetworkLink link =
        NetworkLink.list().stream()
            .filter(present -> present.name().equals(interfaceName))
            .findFirst()
            .orElseThrow(
                () -> new DataPlaneException("find interface %s: ENODEV".formatted(interfaceName)));
    try {
      return BpfLink.xdp(this, link, AttachMode.XDP_NATIVE);
    } catch (AttachException e) {
      throw new DataPlaneException(e.getMessage(), e);
    }
  }

  /**
   * Runs the program on a packet by {@code BPF_PROG_TEST_RUN}; nothing is sent.
   *
   * @param repeat with more than one, each run gets the packet that the last one left
   */
  public Run run(byte[] packet, int repeat) {
    return run(packet, repeat, TestContext.none());
  }

  /**
   * As {@link #run(byte[], int)}, with what the packet comes with: a device for one, which has to
   * be in the calling thread's network namespace.
   */
  public Run run(byte[] packet, int repeat, TestContext context) {
    try (Memory in = new Memory(packet.length);
        Memory out = new Memory(PACKET_BYTES_MAX);
        Memory contextIn = new Memory(Math.max(1, context.bytes().length));
        Memory options = new Memory(OPTIONS_BYTES)) {
      in.write(0, packet, 0, packet.length);
      options.clear();
      options.setLong(0, OPTIONS_BYTES);
      options.setPointer(8, in);
      options.setPointer(16, out);
      options.setInt(24, packet.length);
      options.setInt(28, PACKET_BYTES_MAX);
      if (context.bytes().length > 0) {
        contextIn.write(0, context.bytes(), 0, context.bytes().length);
        options.setPointer(32, contextIn);
        options.setInt(48, context.bytes().length);
      }
      options.setInt(60, repeat);
      int result = LibBpf.bpf_prog_test_run_opts(fd, options);
      if (result < 0) {
        throw new DataPlaneException("run program %s: %s".formatted(name, Errno.name(result)));
      }
      byte[] left = out.getByteArray(0, options.getInt(28));
      return new Run(options.getInt(56), left, options.getInt(64));
    }
  }
}
