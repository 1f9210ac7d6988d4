package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures of one extension in use: each is counted, a change of state is logged once. It works
 * again when it has answered and not failed for a while, because one of many backends may fail
 * every time. Thread-safe.
 */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final long QUIET_NANOS = Duration.ofSeconds(60).toNanos();

  private final String subject;
  private final LongAdder counter;
  private boolean failing;
  private long lastFailureNanos;

  /**
   * @param subject for example {@code plugin "x": health checker "http"}
   * @param counter of the whole plugin
   */
  FailureLog(String subject, LongAdder counter) {
    this.subject = subject;
    this.counter = counter;
  }

  /** Counts alone, for calls whose caller tells of the failure. */
  static FailureLog counting(LongAdder counter) {
    return new FailureLog("", counter);
  }

  void failed(String what, String reason) {
    counter.increment();
    boolean first;
    synchronized (this) {
      first = !failing;
      failing = true;
      lastFailureNanos = System.nanoTime();
    }
    if (first && !subject.isEmpty()) {
      LOG.warn("{}: {} failed: {}", subject, what, reason);
    }
  }

  void succeeded() {
    boolean recovered;
    synchronized (this) {
      recovered = failing && System.nanoTime() - lastFailureNanos > QUIET_NANOS;
      failing &= !recovered;
    }
    if (recovered && !subject.isEmpty()) {
      LOG.info("{}: works again", subject);
    }
  }
}
