package io.ebpflb.runtime.service;

import io.ebpflb.api.CheckResult;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Turns the results of one backend's checks into a verdict. The first passed check is enough for a
 * first verdict, since it changes no weight; after that {@code rise} and {@code fall} results in a
 * row are needed.
 */
final class HealthCounter {
  /** Details come from plugins and peers: they must fit into a log line and a table. */
  static final int DETAIL_CHARS_MAX = 200;

  private int rise;
  private int fall;
  private int inARow;
  private boolean lastPassed;
  private HealthSnapshot snapshot = HealthSnapshot.UNKNOWN;

  HealthCounter(int rise, int fall) {
    thresholds(rise, fall);
  }

  /** From now on; what was counted so far stays. */
  void thresholds(int newRise, int newFall) {
    rise = newRise;
    fall = newFall;
  }

  HealthSnapshot snapshot() {
    return snapshot;
  }

  /** Results of the last kind in a row, this one included. */
  int inARow() {
    return inARow;
  }

  /** Counts one result; the new state is in {@link #snapshot}. */
  void count(CheckResult result, Duration latency, Instant now) {
    inARow = result.isPassed() == lastPassed ? inARow + 1 : 1;
    lastPassed = result.isPassed();
    State state = next(result.isPassed());
    boolean turned = state != snapshot.state();
    boolean weighs = (state == State.DOWN) != (snapshot.state() == State.DOWN);
    snapshot =
        new HealthSnapshot(
            state,
            turned ? Optional.of(now) : snapshot.since(),
            oneLine(result.detail()),
            Optional.of(now),
            latency,
            snapshot.passedChecks() + (result.isPassed() ? 1 : 0),
            snapshot.failedChecks() + (result.isPassed() ? 0 : 1),
            snapshot.changes() + (weighs ? 1 : 0),
            result.isPassed() ? snapshot.lastError() : Optional.of(oneLine(result.detail())),
            result.isPassed() ? snapshot.lastErrorAt() : Optional.of(now));
  }

  private State next(boolean passed) {
    return switch (snapshot.state()) {
      case UNKNOWN -> passed ? State.UP : inARow >= fall ? State.DOWN : State.UNKNOWN;
      case UP -> !passed && inARow >= fall ? State.DOWN : State.UP;
      case DOWN -> passed && inARow >= rise ? State.UP : State.DOWN;
    };
  }

  private static String oneLine(String detail) {
    String line = detail.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= DETAIL_CHARS_MAX ? line : line.substring(0, DETAIL_CHARS_MAX) + "...";
  }
}
