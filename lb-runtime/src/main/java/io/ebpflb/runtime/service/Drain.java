package io.ebpflb.runtime.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** No new flows, and those that run finish: one backend, once. Lives on the reconciler's loop. */
final class Drain {
  /**
   * A packet that read the old table may still be on its way to open a flow, so that a younger zero
   * proves nothing.
   */
  static final Duration MIN = Duration.ofSeconds(1);

  private final Instant startedAt;
  private final long startedNanos;
  private final Duration timeout;
  private final CompletableFuture<DrainOutcome> ended = new CompletableFuture<>();
  private long activeFlows;

  Drain(Duration timeout, Instant now, long nowNanos) {
    this.timeout = timeout;
    this.startedAt = now;
    this.startedNanos = nowNanos;
  }

  /** Looks whether it is over. */
  void look(long nowNanos, long activeFlowsNow) {
    long ageNanos = nowNanos - startedNanos;
    if (ended.isDone()) {
      return;
    }
    activeFlows = activeFlowsNow;
    if (ageNanos >= MIN.toNanos() && activeFlowsNow == 0) {
      ended.complete(DrainOutcome.COMPLETED);
    } else if (ageNanos >= timeout.toNanos()) {
      ended.complete(DrainOutcome.TIMED_OUT);
    }
  }

  /** Nothing happens if it has ended. */
  void cancel() {
    ended.complete(DrainOutcome.CANCELLED);
  }

  boolean isUnderWay() {
    return !ended.isDone();
  }

  /** A copy, so that nobody else can end it. */
  CompletableFuture<DrainOutcome> ended() {
    return ended.copy();
  }

  DrainSnapshot snapshot() {
    return new DrainSnapshot(
        startedAt, timeout, activeFlows, Optional.ofNullable(ended.getNow(null)));
  }
}
