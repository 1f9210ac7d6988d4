package io.ebpflb.runtime.metrics;

import java.time.Duration;
import java.util.List;

/** Counts of one backend's check latencies in fixed buckets. Any thread. */
final class LatencyHistogram {

  /** From a neighbour on the same switch to a check that runs into a long timeout. */
  static final List<Double> UPPER_BOUNDS_SECONDS =
      List.of(
          0.0005,
          0.001,
          0.0025,
          0.005,
          0.01,
          0.025,
          0.05,
          0.1,
          0.25,
          0.5,
          1.0,
          2.5,
          5.0,
          Double.POSITIVE_INFINITY);

  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] counts = new long[UPPER_BOUNDS_SECONDS.size()];
  private double sumSeconds;

  synchronized void record(Duration latency) {
    double seconds = latency.toNanos() / NANOS_PER_SECOND;
    counts[bucket(seconds)]++;
    sumSeconds += seconds;
  }

  synchronized Reading read() {
    return new Reading(counts.clone(), sumSeconds);
  }

  private static int bucket(double seconds) {
    int index = 0;
    while (seconds > UPPER_BOUNDS_SECONDS.get(index)) {
      index++;
    }
    return index;
  }

  /**
   * @param counts of each bucket alone, not cumulative
   */
  record Reading(long[] counts, double sumSeconds) {}
}
