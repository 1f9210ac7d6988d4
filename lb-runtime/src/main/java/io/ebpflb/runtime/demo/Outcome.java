package io.ebpflb.runtime.demo;

/**
 * What became of one request.
 *
 * @param startNanos as {@link System#nanoTime} tells
 * @param backend who answered; null if it failed
 * @param problem empty if it was answered
 */
record Outcome(long startNanos, long endNanos, String backend, String problem) {

  boolean isFailure() {
    return backend == null;
  }

  double millis() {
    return (endNanos - startNanos) / 1e6;
  }
}
