package io.ebpflb.runtime.dataplane;

/** The running kernel. */
final class Kernel {
  /** The oldest long-term kernel with batch operations on every map type in use. */
  static final String OLDEST_SUPPORTED = "5.15";

  private Kernel() {}

  static String release() {
    return System.getProperty("os.version");
  }
}
