package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {
  @Test
  void oneRunThatWasDisturbedChangesLittle() {
    assertThat(Median.of(List.of(40, 900, 38, 41, 39))).isEqualTo(40);
  }

  @Test
  void ofAnEvenNumberItLiesBetweenTheMiddleTwo() {
    assertThat(Median.of(List.of(4, 1, 3, 2))).isEqualTo(2.5);
  }
}
