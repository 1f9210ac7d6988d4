package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;

/** CPUs as the kernel counts them. */
public final class Cpus {
  private static final int MASK_BYTES = 128;

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

  /**
   * Keeps the calling thread on one CPU from now on: for measuring, on a thread that ends with it.
   *
   * @throws DataPlaneException if there is no such CPU for this process
   */
  public static void pinThread(int cpu) {
    try (Memory mask = new Memory(MASK_BYTES)) {
      mask.clear();
      mask.setByte(cpu / Byte.SIZE, (byte) (1 << cpu % Byte.SIZE));
      if (LibC.sched_setaffinity(0, MASK_BYTES, mask) != 0) {
        throw new DataPlaneException("run on CPU %d: %s".formatted(cpu, Errno.name(LibC.errno())));
      }
    }
  }
}
