package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProcessStartTest {
  @Test
  void readsTheStartFromBehindTheProgramsName() {
    String stat =
        "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 99 100 0";
    assertThat(ProcessStart.ageMillis(stat, "124.05 200.00\n")).isEqualTo(600);
  }

  @Test
  void isNearWhatTheJvmKnows() {
    Instant jvm = ProcessHandle.current().info().startInstant().orElseThrow();
    assertThat(Duration.between(jvm, ProcessStart.instant()).abs())
        .isLessThan(Duration.ofSeconds(2));
  }
}
