package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the machine's CPUs were busy. What was idle is subtracted from the time that passed: the
 * kernel measures idle time, while it only samples what a CPU was busy with.
 */
final class BusyTime {
  private static final Path STAT = Path.of("/proc/stat");

  /** {@code USER_HZ} is 100 on every architecture that we run on. */
  private static final long TICK_MICROS = 10_000;

  private static final int IDLE = 4;
  private static final int IOWAIT = 5;
  private static final int STEAL = 8;

  private final long startNanos = System.nanoTime();
  private final long startTicks;

  private BusyTime(long startTicks) {
    this.startTicks = startTicks;
  }

  static BusyTime start() throws IOException {
    return new BusyTime(idleTicks(Files.readString(STAT)));
  }

  /** Of all CPUs since the start, in microseconds. */
  double micros() throws IOException {
    double passed = (System.nanoTime() - startNanos) / 1e3;
    long idle = (idleTicks(Files.readString(STAT)) - startTicks) * TICK_MICROS;
    return Math.max(0, passed * Runtime.getRuntime().availableProcessors() - idle);
  }

  /** Of all CPUs: idle, waiting for a disk, or taken away by the hypervisor. */
  static long idleTicks(String stat) {
    String[] fields = stat.lines().findFirst().orElseThrow().trim().split("\\s+");
    return Long.parseLong(fields[IDLE])
        + Long.parseLong(fields[IOWAIT])
        + Long.parseLong(fields[STEAL]);
  }
}
