package io.ebpflb.runtime.bench.traffic;

/**
 * What one slice gave.
 *
 * @param value in the measure's unit
 * @param worst the 99th percentile of what {@code value} is the median of, else 0
 * @param cpuMicros of all CPUs, for one operation: client, balancer and backend together
 */
record Reading(double value, double worst, double cpuMicros) {
  Reading(double value, double cpuMicros) {
    this(value, 0, cpuMicros);
  }
}
