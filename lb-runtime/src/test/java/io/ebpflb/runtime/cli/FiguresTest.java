package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "999999,999999",
    "1000000,1.0M",
    "12345678,12.3M",
    "999949999,999.9M",
    "999950000,1.0G",
    "9223372036854775807,9.2E"
  })
  void countsFitAColumn(long value, String text) {
    assertThat(Figures.count(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"50,50", "0,0", "33.333,33.33", "0.1,0.1", "1000.4,1000", "100,100", "1e9,1e+09"})
  void weightsFitAColumn(double value, String text) {
    assertThat(Figures.weight(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0s", "59,59s", "61,1m 1s", "3600,1h 0m", "90061,1d 1h"})
  void durationsHaveTwoUnits(long seconds, String text) {
    assertThat(Figures.duration(seconds)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0s ago", "119,119s ago", "120,2m ago", "7200,2h ago", "172800,2d ago"})
  void agesHaveOne(long seconds, String text) {
    assertThat(Figures.ago(seconds)).isEqualTo(text);
  }
}
