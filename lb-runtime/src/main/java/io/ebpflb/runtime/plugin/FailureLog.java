package io.ebpflb.runtime.plugin;

import java.time.Duration;
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
  private final Conduct conduct;
  private final boolean isAsked;
  private boolean failing;
  private long lastFailureNanos;

  /**
   * @param subject for example {@code plugin "x": health checker "http"}
   * @param conduct of the whole plugin
   */
  FailureLog(String subject, Conduct conduct) {
    this(subject, conduct, true);
  }

  private FailureLog(String subject, Conduct conduct, boolean isAsked) {
    this.subject = subject;
    this.conduct = conduct;
    this.isAsked = isAsked;
  }

  /** Counts alone, for calls whose caller tells of the failure. */
  static FailureLog counting(Conduct conduct) {
    return new FailureLog("", conduct, false);
  }

  /** For what nobody waits for, so that it is no reason to ask the plugin no more. */
  static FailureLog aside(String subject, Conduct conduct) {
    return new FailureLog(subject, conduct, false);
  }

  /** On the plugin's own thread, for it runs the plugin's code. */
  void failed(String what, Throwable failure) {
    boolean isGrave = failure instanceof LinkageError || failure instanceof OutOfMemoryError;
    failed(what, FailureText.of(failure), isGrave);
  }

  void failed(String what, String reason) {
    failed(what, reason, false);
  }

  private void failed(String what, String reason, boolean isGrave) {
    boolean first;
    synchronized (this) {
      first = !failing;
      failing = true;
      lastFailureNanos = System.nanoTime();
    }
    if (first && !subject.isEmpty()) {
      LOG.warn("{}: {} failed: {}", subject, what, reason);
    }
    if (isAsked) {
      conduct.failed(what, reason, isGrave);
    } else {
      conduct.failures().increment();
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
    if (isAsked) {
      conduct.succeeded();
    }
  }
}
