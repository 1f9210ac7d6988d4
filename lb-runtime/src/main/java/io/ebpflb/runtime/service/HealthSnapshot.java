package io.ebpflb.runtime.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What the checks of one backend have shown so far.
 *
 * @param state the verdict in force
 * @param since when the verdict became this one; empty while there is none
 * @param detail what the last check saw, for the operator; empty before the first
 * @param checkedAt when the last check ended; empty before the first
 * @param latency how long the last check took; zero before the first
 * @param passedChecks since the backend appeared
 * @param failedChecks since the backend appeared
 * @param lastError what the last failed check saw; empty while none has failed
 * @param lastErrorAt when it ended
 * @param changes how often the verdict changed between up and down
 */
public record HealthSnapshot(
    State state,
    Optional<Instant> since,
    String detail,
    Optional<Instant> checkedAt,
    Duration latency,
    long passedChecks,
    long failedChecks,
    long changes,
    Optional<String> lastError,
    Optional<Instant> lastErrorAt) {

  /** A backend without a verdict yet, or of a service without checks: it counts as configured. */
  public static final HealthSnapshot UNKNOWN =
      new HealthSnapshot(
          State.UNKNOWN,
          Optional.empty(),
          "",
          Optional.empty(),
          Duration.ZERO,
          0,
          0,
          0,
          Optional.empty(),
          Optional.empty());

  public HealthSnapshot {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(detail, "detail");
  }

  public enum State {
    UNKNOWN,
    UP,
    DOWN
  }

  /** Whether it is up after having been down. */
  boolean isBack() {
    return state == State.UP && changes > 0;
  }

  /** Whether the backend may take new flows as far as its checks are concerned. */
  public boolean isHealthy() {
    return state != State.DOWN;
  }
}
