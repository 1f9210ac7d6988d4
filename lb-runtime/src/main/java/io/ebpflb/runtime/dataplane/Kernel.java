package io.ebpflb.runtime.dataplane;

/** The running kernel. */
final class Kernel {
  /** The programs loop by {@code bpf_loop}, which came with it. */
  static final String OLDEST_SUPPORTED = "5.17";

  private Kernel() {}

  static String release() {
    return System.getProperty("os.version");
  }
}
