package io.ebpflb.runtime.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficOptionsTest {
  @Test
  void withoutNamesEverythingIsMeasured() {
    TrafficOptions options = TrafficOptions.of(3, 1, List.of(), false);
    assertThat(options.measures()).containsExactly(Measure.values());
    assertThat(options.contenders()).containsExactly(Contender.values());
    assertThat(options.settings()).containsExactly(Setting.values());
  }

  @Test
  void quicklyFourStreamsAreLeftOutUnlessNamed() {
    assertThat(TrafficOptions.of(3, 1, List.of(), true).measures())
        .contains(Measure.BULK_1_UP)
        .doesNotContain(Measure.BULK_4_UP, Measure.BULK_4_DOWN);
    assertThat(TrafficOptions.of(3, 1, List.of("bulk-4-up"), true).measures())
        .containsExactly(Measure.BULK_4_UP);
  }

  @Test
  void namesChooseWithinTheirKind() {
    TrafficOptions options = TrafficOptions.of(3, 1, List.of("nftables", "ebpf-lb-tc"), false);
    assertThat(options.contenders()).containsExactly(Contender.LB_TC, Contender.NFTABLES);
    assertThat(options.measures()).containsExactly(Measure.values());
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThatAreKnown() {
    assertThatThrownBy(() -> TrafficOptions.of(3, 1, List.of("http", "htpp"), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown: htpp; expected some of: http, connections,");
  }

  @Test
  void roundsAndSecondsHaveLimits() {
    assertThatThrownBy(() -> TrafficOptions.of(0, 1, List.of(), false))
        .hasMessage("rounds: 1 to 99");
    assertThatThrownBy(() -> TrafficOptions.of(1, 31, List.of(), false))
        .hasMessage("seconds: 1 to 30");
  }
}
