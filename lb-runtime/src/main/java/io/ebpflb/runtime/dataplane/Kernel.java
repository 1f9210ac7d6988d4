package io.ebpflb.runtime.dataplane;

/** The running kernel. */
final class Kernel {
  /** The oldest that the programs are written for; their newest need, {@code bpf_loop}, is 5.17. */
  static final String OLDEST_SUPPORTED = "6.1";

  private Kernel() {}

  static String release() {
    return System.getProperty("os.version");
  }
}
