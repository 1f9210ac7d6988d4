package io.ebpflb.plugin.circuitbreaker;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * Outcomes of the recent past, in ten buckets that are forgotten one by one: what it holds is
 * between nine tenths of the window and the whole of it old.
 */
final class OutcomeWindow {
  private static final int BUCKETS = 10;

  private final long bucketMillis;
  private final long[] successes = new long[BUCKETS];
  private final long[] failures = new long[BUCKETS];
  private long newest;

  OutcomeWindow(Duration length) {
    bucketMillis = Math.max(1, length.toMillis() / BUCKETS);
  }

  void add(Instant now, long succeeded, long failed) {
    moveTo(now);
    int bucket = (int) Math.floorMod(newest, (long) BUCKETS);
    successes[bucket] += succeeded;
    failures[bucket] += failed;
  }

  /** Time that goes backwards forgets nothing and counts as no time. */
  void moveTo(Instant now) {
    long number = Math.floorDiv(now.toEpochMilli(), bucketMillis);
    for (long step = Math.max(newest + 1, number - BUCKETS + 1); step <= number; step++) {
      int bucket = (int) Math.floorMod(step, (long) BUCKETS);
      successes[bucket] = 0;
      failures[bucket] = 0;
    }
    newest = Math.max(newest, number);
  }

  void clear() {
    Arrays.fill(successes, 0);
    Arrays.fill(failures, 0);
  }

  long outcomes() {
    return sum(successes) + failed();
  }

  long failed() {
    return sum(failures);
  }

  /** Failures per outcome, 0 to 1; 0 without outcomes. */
  double errorRate() {
    long outcomes = outcomes();
    return outcomes == 0 ? 0 : (double) failed() / outcomes;
  }

  private static long sum(long[] buckets) {
    long sum = 0;
    for (long each : buckets) {
      sum += each;
    }
    return sum;
  }
}
