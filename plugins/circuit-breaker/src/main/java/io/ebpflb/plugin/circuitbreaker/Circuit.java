package io.ebpflb.plugin.circuitbreaker;

import java.time.Instant;
import java.util.Optional;

/**
 * The state machine for one backend, without clocks or threads: closed until too many outcomes of
 * the window are failures, then open for a time, then half-open until enough successes close it or
 * one failure opens it again. An operator's word stands above all that until it is taken back.
 */
final class Circuit {
  private final CircuitBreakerSettings settings;
  private final OutcomeWindow window;
  private CircuitState state = CircuitState.CLOSED;
  private Optional<CircuitState> forced = Optional.empty();
  private Instant openedAt = Instant.EPOCH;
  private long successesInARow;

  Circuit(CircuitBreakerSettings settings) {
    this.settings = settings;
    this.window = new OutcomeWindow(settings.window());
  }

  /** Outcomes since the last call, and time. What an open circuit still lets through is no news. */
  void observe(Instant now, long succeeded, long failed) {
    if (state == CircuitState.OPEN && !now.isBefore(openedAt.plus(settings.openDuration()))) {
      state = CircuitState.HALF_OPEN;
      successesInARow = 0;
    } else {
      judge(now, succeeded, failed);
    }
    window.moveTo(now);
  }

  private void judge(Instant now, long succeeded, long failed) {
    switch (state) {
      case CLOSED -> {
        window.add(now, succeeded, failed);
        if (isTooMuch()) {
          open(now);
        }
      }
      case HALF_OPEN -> {
        window.add(now, succeeded, failed);
        successesInARow += succeeded;
        if (failed > 0) {
          open(now);
        } else if (successesInARow >= settings.requiredSuccesses()) {
          close();
        }
      }
      case OPEN -> {}
    }
  }

  private boolean isTooMuch() {
    long outcomes = window.outcomes();
    return outcomes >= settings.minRequests()
        && window.failed() * 100 >= settings.errorThresholdPercent() * outcomes;
  }

  private void open(Instant now) {
    state = CircuitState.OPEN;
    openedAt = now;
  }

  private void close() {
    state = CircuitState.CLOSED;
    window.clear();
  }

  /** Goes on where another one stopped, with nothing seen since. */
  void resume(Tripped earlier) {
    state = earlier.state();
    openedAt = earlier.openedAt();
    successesInARow = 0;
  }

  /** What is to be kept of it; nothing while it is closed. */
  Optional<Tripped> tripped() {
    return state == CircuitState.CLOSED
        ? Optional.empty()
        : Optional.of(new Tripped(state, openedAt));
  }

  /** Keeps it open or closed, whatever happens, until {@link #reset}. */
  void force(CircuitState wanted) {
    forced = Optional.of(wanted);
  }

  /** Takes an operator's word back and begins anew: closed, nothing seen. */
  void reset() {
    forced = Optional.empty();
    close();
  }

  CircuitState state() {
    return forced.orElse(state);
  }

  Optional<CircuitState> forced() {
    return forced;
  }

  /** Failures per outcome of the window, 0 to 1. */
  double errorRate() {
    return window.errorRate();
  }

  /** What the configured weight is multiplied with. */
  double factor() {
    return switch (state()) {
      case CLOSED -> 1;
      case OPEN -> 0;
      case HALF_OPEN -> settings.halfOpenSharePercent() / 100.0;
    };
  }
}
