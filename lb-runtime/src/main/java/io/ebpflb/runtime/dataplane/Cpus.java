package io.ebpflb.runtime.dataplane;

/** CPUs as the kernel counts them. */
final class Cpus {
  private static volatile int possible;

  private Cpus() {}

  /** Those that may ever come online: per-CPU values are this many, whatever is online. */
  static int possible() {
    if (possible == 0) {
      int count = LibBpf.libbpf_num_possible_cpus();
      if (count <= 0) {
        throw new DataPlaneException("count possible CPUs: " + Errno.name(count));
      }
      possible = count;
    }
    return possible;
  }
}
