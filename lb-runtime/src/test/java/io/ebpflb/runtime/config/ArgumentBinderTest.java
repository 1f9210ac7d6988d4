package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import io.ebpflb.runtime.config.ArgumentBinder.Parameter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentBinderTest {
  enum Mode {
    AT_ONCE,
    LATER
  }

  record Args(
      @Doc("which one") String hostName,
      @Default("3") @Range(min = "1", max = "9") int times,
      Optional<Duration> delay,
      List<Mode> modes) {
    Args {
      if (hostName.isEmpty()) {
        throw new IllegalArgumentException("host-name is empty");
      }
    }
  }

  record Nested(Args args) {}

  @Test
  void bindsTextByKey() {
    assertThat(
            ArgumentBinder.bind(
                Args.class,
                Map.of("host-name", "a", "times", "4", "delay", "5s", "modes", "later, at-once")))
        .isEqualTo(
            new Args(
                "a", 4, Optional.of(Duration.ofSeconds(5)), List.of(Mode.LATER, Mode.AT_ONCE)));
    assertThat(ArgumentBinder.bind(Args.class, Map.of("host-name", "a")))
        .isEqualTo(new Args("a", 3, Optional.empty(), List.of()));
  }

  @Test
  void tellsAllThatIsWrong() {
    assertThatThrownBy(
            () -> ArgumentBinder.bind(Args.class, Map.of("time", "4", "times", "10", "delay", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "time: unknown argument, expected one of: host-name, times, delay, modes (did you"
                + " mean: times); host-name: is missing, must be text; times: \"10\" is not a whole"
                + " number in 1..9; delay: \"x\" is not a duration, such as \"5s\" or \"250ms\"");
    assertThatThrownBy(() -> ArgumentBinder.bind(Args.class, Map.of("host-name", "")))
        .hasMessage("host-name is empty");
  }

  @Test
  void describesItsParameters() {
    assertThat(ArgumentBinder.parameters(Args.class))
        .startsWith(
            new Parameter("host-name", "text", true, "which one"),
            new Parameter("times", "a whole number in 1..9", false, ""));
    assertThatThrownBy(() -> ArgumentBinder.parameters(Nested.class))
        .hasMessageEndingWith("has a record in it");
  }
}
