package io.ebpflb.runtime.dataplane;

/** A loaded program; valid until its object is closed. */
public final class BpfProgram {
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
    try (ProgramRun run = new ProgramRun(this, packet, context)) {
      return answer(run, repeat);
    }
  }

  /** As {@link #run(byte[], int)}, once, if the program looks at no packet. */
  public Run run() {
    try (ProgramRun run = ProgramRun.ofNoPacket(this)) {
      return answer(run, 1);
    }
  }

  private static Run answer(ProgramRun run, int repeat) {
    int verdict = run.run(repeat);
    return new Run(verdict, run.packet(), run.nanos());
  }
}
