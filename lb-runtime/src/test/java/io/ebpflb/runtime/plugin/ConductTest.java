package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConductTest {
  private final AtomicLong now = new AtomicLong();
  private final List<String> changes = new ArrayList<>();
  private final Conduct conduct = new Conduct("x", now::get, this::tell);

  private void tell() {
    changes.add(conduct.quarantine().orElse("works"));
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      conduct.failed("check", "boom", false);
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void failuresInARowLeadToQuarantineAndOneGoodAnswerOutOfIt() {
    fail(Conduct.FAILURES_MAX - 1);
    conduct.succeeded();
    fail(Conduct.FAILURES_MAX - 1);
    assertThat(conduct.refusal()).isEmpty();

    fail(1);

    assertThat(conduct.refusal())
        .contains(
            "quarantined, tried again in 10 s: 20 failures in a row, the last of check: boom");
    pass(Conduct.PAUSE_MIN);
    assertThat(conduct.refusal()).isEmpty();
    assertThat(conduct.quarantine()).isPresent();
    conduct.succeeded();
    assertThat(conduct.quarantine()).isEmpty();
    assertThat(conduct.failures().sum()).isEqualTo(2L * Conduct.FAILURES_MAX - 1);
  }

  @Test
  void whatIsBuiltInIsAskedOn() {
    Conduct builtin = new Conduct(BuiltinPlugin.ID, now::get, this::tell);
    for (int i = 0; i <= Conduct.FAILURES_MAX; i++) {
      builtin.failed("check", "no answer within 1s", true);
    }
    assertThat(builtin.refusal()).isEmpty();
    assertThat(builtin.failures().sum()).isEqualTo(Conduct.FAILURES_MAX + 1);
    assertThat(changes).isEmpty();
  }

  @Test
  void whatWouldFailAgainInTheSameWayIsQuarantinedAtOnce() {
    conduct.failed("check", "NoClassDefFoundError: a/B", true);

    assertThat(conduct.refusal())
        .contains("quarantined, tried again in 10 s: check: NoClassDefFoundError: a/B");
  }

  @Test
  void eachPauseIsTwiceAsLongUntilItHasBehavedForLong() {
    fail(Conduct.FAILURES_MAX);
    Duration pause = Conduct.PAUSE_MIN;
    for (int i = 0; i < 10; i++) {
      pass(pause.minusNanos(1));
      assertThat(conduct.refusal()).isPresent();
      pass(Duration.ofNanos(1));
      assertThat(conduct.refusal()).isEmpty();
      fail(1);
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(Conduct.PAUSE_MAX) < 0 ? twice : Conduct.PAUSE_MAX;
    }
    assertThat(pause).isEqualTo(Conduct.PAUSE_MAX);
    pass(pause);
    conduct.succeeded();
    pass(Conduct.PAUSE_MAX.plusSeconds(1));

    fail(Conduct.FAILURES_MAX);

    pass(Conduct.PAUSE_MIN);
    assertThat(conduct.refusal()).isEmpty();
  }

  @Test
  void whatWasAskedBeforeThePauseNeitherEndsNorProlongsIt() {
    fail(Conduct.FAILURES_MAX);
    pass(Conduct.PAUSE_MIN.dividedBy(2));

    conduct.succeeded();
    fail(5);

    assertThat(conduct.refusal()).isPresent();
    pass(Conduct.PAUSE_MIN.dividedBy(2));
    assertThat(conduct.refusal()).isEmpty();
  }

  @Test
  void tellsThatQuarantineBeganAndEndedAndNotOfThePausesBetween() {
    fail(Conduct.FAILURES_MAX);
    pass(Conduct.PAUSE_MIN);
    fail(1);
    pass(Conduct.PAUSE_MIN.multipliedBy(2));
    conduct.succeeded();
    conduct.succeeded();

    assertThat(changes)
        .containsExactly(
            "quarantined, tried again in 10 s: 20 failures in a row, the last of check: boom",
            "works");
  }
}
