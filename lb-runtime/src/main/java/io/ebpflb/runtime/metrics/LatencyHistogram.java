package io.ebpflb.runtime.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import java.time.Duration;

/** Counts of one backend's check latencies in fixed buckets. Any thread. */
final class LatencyHistogram {

  /** From a neighbour on the same switch to a check that runs into a long timeout. */
  private static final double[] UPPER_BOUNDS_SECONDS = {
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
    1,
    2.5,
    5,
    Double.POSITIVE_INFINITY
  };

  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] counts = new long[UPPER_BOUNDS_SECONDS.length];
  private double sumSeconds;

  synchronized void record(Duration latency) {
    double seconds = latency.toNanos() / NANOS_PER_SECOND;
    counts[bucket(seconds)]++;
    sumSeconds += seconds;
  }

  synchronized Reading read() {
    return new Reading(ClassicHistogramBuckets.of(UPPER_BOUNDS_SECONDS, counts), sumSeconds);
  }

  private static int bucket(double seconds) {
    int index = 0;
    while (seconds > UPPER_BOUNDS_SECONDS[index]) {
      index++;
    }
    return index;
  }

  record Reading(ClassicHistogramBuckets buckets, double sumSeconds) {}
}
