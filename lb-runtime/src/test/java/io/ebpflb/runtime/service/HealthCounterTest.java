package io.ebpflb.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.CheckResult;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HealthCounterTest {
  private final HealthCounter counter = new HealthCounter(2, 3);
  private long second;

  @Test
  void theFirstPassIsAFirstVerdict() {
    assertThat(after("p")).isEqualTo(State.UP);
    assertThat(counter.snapshot().changes()).isZero();
  }

  @Test
  void anUnknownBackendGoesDownAfterFallFailures() {
    assertThat(after("ff")).isEqualTo(State.UNKNOWN);
    assertThat(after("f")).isEqualTo(State.DOWN);
    assertThat(counter.snapshot().changes()).isEqualTo(1);
  }

  @Test
  void onlyResultsInARowCount() {
    assertThat(after("pffpffpff")).isEqualTo(State.UP);
    assertThat(after("f")).isEqualTo(State.DOWN);
    assertThat(after("pfpfpf")).isEqualTo(State.DOWN);
    assertThat(after("pp")).isEqualTo(State.UP);
    assertThat(counter.snapshot().changes()).isEqualTo(2);
  }

  @Test
  void theSnapshotTellsWhatWasSeenAndSinceWhen() {
    after("pfff");
    Instant down = Instant.ofEpochSecond(4);
    assertThat(counter.snapshot().since()).contains(down);

    after("f");

    HealthSnapshot now = counter.snapshot();
    assertThat(now.since()).contains(down);
    assertThat(now.checkedAt()).contains(Instant.ofEpochSecond(5));
    assertThat(now.detail()).isEqualTo("HTTP 503");
    assertThat(now.passedChecks()).isEqualTo(1);
    assertThat(now.failedChecks()).isEqualTo(4);
    assertThat(now.latency()).isEqualTo(Duration.ofMillis(7));
  }

  @Test
  void detailsFitIntoALine() {
    counter.count(
        CheckResult.failed("a\r\nb" + "x".repeat(5000)), Duration.ZERO, Instant.ofEpochSecond(1));

    assertThat(counter.snapshot().detail())
        .startsWith("a bxx")
        .hasSize(HealthCounter.DETAIL_CHARS_MAX + 3);
  }

  private State after(String results) {
    for (char result : results.toCharArray()) {
      second++;
      counter.count(
          result == 'p' ? CheckResult.passed("HTTP 200") : CheckResult.failed("HTTP 503"),
          Duration.ofMillis(7),
          Instant.ofEpochSecond(second));
    }
    return counter.snapshot().state();
  }
}
