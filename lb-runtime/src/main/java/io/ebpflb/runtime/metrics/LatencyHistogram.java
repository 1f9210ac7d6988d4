package io.ebpflb.runtime.metrics;

import io.ebpflb.runtime.plugin.MetricFamily;
import java.time.Duration;
import java.util.List;

/** Counts of one backend's check latencies in fixed buckets. Any thread. */
final class LatencyHistogram {

  /** From a neighbour on the same switch to a check that runs into a long timeout. */
  static final List<Double> UPPER_BOUNDS_SECONDS = MetricFamily.BOUNDS_SECONDS;

  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] counts = new long[UPPER_BOUNDS_SECONDS.size()];
  private double sumSeconds;

  synchronized void record(Duration latency) {
    double seconds = latency.toNanos() / NANOS_PER_SECOND;
    counts[MetricFamily.bucketOf(seconds)]++;
    sumSeconds += seconds;
  }

  synchronized Reading read() {
    return new Reading(counts.clone(), sumSeconds);
  }

  /**
   * @param counts of each bucket alone, not cumulative
   */
  record Reading(long[] counts, double sumSeconds) {}
}
