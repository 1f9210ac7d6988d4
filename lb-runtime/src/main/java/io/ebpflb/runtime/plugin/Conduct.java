package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a plugin behaves. One that fails again and again is left alone for a while, twice as long
 * each time; then one question shows whether it has recovered. What is built in is not: on a host
 * without CPU to spare its answers are late through no fault of theirs. Thread-safe.
 */
final class Conduct {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");

  static final int FAILURES_MAX = 20;
  static final Duration PAUSE_MIN = Duration.ofSeconds(10);
  static final Duration PAUSE_MAX = Duration.ofMinutes(5);

  private final String plugin;
  private final boolean isBuiltin;
  private final LongSupplier nanoTime;
  private final Runnable changed;
  private final LongAdder failures = new LongAdder();
  private int inARow;
  private String last = "";
  private boolean isQuarantined;
  private Duration pause = Duration.ZERO;
  private long pauseBeganNanos;

  /**
   * @param plugin its id
   * @param changed runs when quarantine begins and when it has ended, on the thread that notices;
   *     not again while pauses follow each other
   */
  Conduct(String plugin, LongSupplier nanoTime, Runnable changed) {
    this.plugin = plugin;
    this.isBuiltin = plugin.equals(BuiltinPlugin.ID);
    this.nanoTime = nanoTime;
    this.changed = changed;
  }

  /** Of all kinds, for the metric. */
  LongAdder failures() {
    return failures;
  }

  /**
   * @param isGrave it would fail again in the same way, so once is enough
   */
  void failed(String what, String reason, boolean isGrave) {
    failures.increment();
    boolean isNews;
    synchronized (this) {
      inARow++;
      if (isPausing()) {
        // It was asked before the pause began.
        return;
      }
      last = what + ": " + reason;
      boolean wasQuarantined = isQuarantined;
      if (!isBuiltin && (isQuarantined || isGrave || inARow >= FAILURES_MAX)) {
        begin();
      }
      isNews = isQuarantined && !wasQuarantined;
    }
    if (isNews) {
      changed.run();
    }
  }

  private void begin() {
    boolean isLongAgo = nanoTime.getAsLong() - pauseBeganNanos > pause.plus(PAUSE_MAX).toNanos();
    Duration next = pause.isZero() || isLongAgo ? PAUSE_MIN : pause.multipliedBy(2);
    pause = next.compareTo(PAUSE_MAX) < 0 ? next : PAUSE_MAX;
    pauseBeganNanos = nanoTime.getAsLong();
    isQuarantined = true;
    LOG.warn("plugin \"{}\" is quarantined for {} s: {}", plugin, pause.toSeconds(), why());
  }

  void succeeded() {
    synchronized (this) {
      inARow = 0;
      if (!isQuarantined || isPausing()) {
        return;
      }
      isQuarantined = false;
    }
    LOG.info("plugin \"{}\" works again", plugin);
    changed.run();
  }

  private boolean isPausing() {
    return isQuarantined && restNanos() > 0;
  }

  private long restNanos() {
    return pause.toNanos() - (nanoTime.getAsLong() - pauseBeganNanos);
  }

  private String why() {
    return inARow == 1 ? last : inARow + " failures in a row, the last of " + last;
  }

  /** Why it is not asked now; empty if it is. */
  synchronized Optional<String> refusal() {
    return isPausing() ? quarantine() : Optional.empty();
  }

  /** What it is in quarantine for, until it has answered well again; empty while it is not. */
  synchronized Optional<String> quarantine() {
    if (!isQuarantined) {
      return Optional.empty();
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, restNanos()));
    return Optional.of("quarantined, tried again in " + seconds + " s: " + why());
  }
}
