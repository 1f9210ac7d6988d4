package io.ebpflb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceIntentTest {

  @ParameterizedTest
  @ValueSource(strings = {"PT1S", "PT24H"})
  void thoseThatWantTheSameAreEqual(Duration timeout) {
    assertThat(ServiceIntent.idleTimeout(timeout))
        .isEqualTo(ServiceIntent.idleTimeout(timeout))
        .hasSameHashCodeAs(ServiceIntent.idleTimeout(timeout))
        .isNotEqualTo(ServiceIntent.idleTimeout(Duration.ofMinutes(1)))
        .hasToString("idle timeout " + timeout);
  }

  /** The longest has more milliseconds than a long: it must not reach the data plane. */
  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.999S", "PT-1S", "PT24H0.001S", "PT9223372036854775807S"})
  void timeoutsOutOfRangeAreRefused(Duration timeout) {
    assertThatThrownBy(() -> ServiceIntent.idleTimeout(timeout))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("idle timeout " + timeout + " is not between a second and a day");
  }
}
