package io.ebpflb.plugin.circuitbreaker;

import static io.ebpflb.plugin.circuitbreaker.CircuitState.CLOSED;
import static io.ebpflb.plugin.circuitbreaker.CircuitState.HALF_OPEN;
import static io.ebpflb.plugin.circuitbreaker.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTest {
  private static final CircuitBreakerSettings SETTINGS =
      new CircuitBreakerSettings(50, 10, Duration.ofSeconds(10), Duration.ofSeconds(5), 10, 3);

  private final Circuit circuit = new Circuit(SETTINGS);
  private Instant now = Instant.ofEpochSecond(1_000_000);

  private Circuit after(int seconds, long succeeded, long failed) {
    now = now.plusSeconds(seconds);
    circuit.observe(now, succeeded, failed);
    return circuit;
  }

  @Test
  void staysClosedBelowTheThreshold() {
    assertThat(after(1, 11, 9).state()).isEqualTo(CLOSED);
    assertThat(circuit.errorRate()).isEqualTo(0.45);
    assertThat(circuit.factor()).isEqualTo(1);
  }

  @Test
  void fewOutcomesAreNotJudged() {
    assertThat(after(1, 0, 9).state()).isEqualTo(CLOSED);
    assertThat(after(1, 0, 1).state()).isEqualTo(OPEN);
  }

  @Test
  void opensAtTheThreshold() {
    assertThat(after(1, 5, 5).state()).isEqualTo(OPEN);
    assertThat(circuit.factor()).isZero();
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    after(1, 0, 9);
    assertThat(after(10, 10, 1).state()).isEqualTo(CLOSED);
    assertThat(circuit.errorRate()).isEqualTo(1 / 11.0);
  }

  @Test
  void lettingItTryTakesTheOpenDuration() {
    after(1, 0, 10);
    assertThat(after(4, 100, 0).state()).isEqualTo(OPEN);
    assertThat(after(1, 0, 0).state()).isEqualTo(HALF_OPEN);
    assertThat(circuit.factor()).isEqualTo(0.1);
  }

  @Test
  void enoughSuccessesCloseAHalfOpenOne() {
    after(1, 0, 10);
    after(5, 0, 0);
    assertThat(after(1, 2, 0).state()).isEqualTo(HALF_OPEN);
    assertThat(after(1, 1, 0).state()).isEqualTo(CLOSED);
    assertThat(circuit.errorRate()).isZero();
  }

  @Test
  void oneFailureOpensAHalfOpenOne() {
    after(1, 0, 10);
    after(5, 0, 0);
    assertThat(after(1, 2, 1).state()).isEqualTo(OPEN);
    assertThat(after(4, 0, 0).state()).isEqualTo(OPEN);
    assertThat(after(1, 0, 0).state()).isEqualTo(HALF_OPEN);
  }

  @Test
  void theOperatorsWordStandsUntilReset() {
    circuit.force(OPEN);
    assertThat(after(100, 1_000, 0).state()).isEqualTo(OPEN);
    circuit.force(CLOSED);
    assertThat(after(1, 0, 1_000).state()).isEqualTo(CLOSED);
    circuit.reset();
    assertThat(after(1, 0, 0).state()).isEqualTo(CLOSED);
    assertThat(circuit.forced()).isEmpty();
  }

  private record Seen(Instant at, long succeeded, long failed) {}

  /** Any history: it opens exactly when the outcomes since it closed, as plainly listed, say so. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void followsItsRulesInAnyHistory(long seed) {
    Random random = new Random(seed);
    Deque<Seen> seen = new ArrayDeque<>();
    CircuitState expected = CLOSED;
    Instant openedAt = now;
    long row = 0;
    for (int step = 0; step < 5_000; step++) {
      now = now.plusMillis(random.nextInt(1_500));
      long succeeded = random.nextInt(4);
      long failed = random.nextInt(100) < 30 ? random.nextInt(6) : 0;
      circuit.observe(now, succeeded, failed);
      switch (expected) {
        case CLOSED -> {
          seen.add(new Seen(now, succeeded, failed));
          // Buckets are a second: one is kept while the newest is less than ten further on.
          seen.removeIf(each -> now.getEpochSecond() - each.at().getEpochSecond() >= 10);
          long failures = seen.stream().mapToLong(Seen::failed).sum();
          long all = failures + seen.stream().mapToLong(Seen::succeeded).sum();
          if (all >= 10 && failures * 2 >= all) {
            expected = OPEN;
            openedAt = now;
          }
        }
        case OPEN -> {
          if (!now.isBefore(openedAt.plusSeconds(5))) {
            expected = HALF_OPEN;
            row = 0;
          }
        }
        case HALF_OPEN -> {
          row += succeeded;
          if (failed > 0) {
            expected = OPEN;
            openedAt = now;
          } else if (row >= 3) {
            expected = CLOSED;
            seen.clear();
          }
        }
      }
      assertThat(circuit.state()).as("seed %d step %d", seed, step).isEqualTo(expected);
      assertThat(circuit.errorRate()).isBetween(0.0, 1.0);
      assertThat(circuit.factor()).isBetween(0.0, 1.0);
    }
  }
}
