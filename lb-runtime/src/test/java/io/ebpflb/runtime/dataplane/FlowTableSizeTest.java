package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlowTableSizeTest {
  @Test
  void holdsFourLinesForEachFlow() {
    assertThat(FlowTableSize.forFlows(262_144)).isEqualTo(new FlowTableSize(131_072));
    assertThat(FlowTableSize.forFlows(262_145)).isEqualTo(new FlowTableSize(262_144));
    assertThat(FlowTableSize.forFlows(1)).isEqualTo(new FlowTableSize(1));
    assertThat(FlowTableSize.forFlows(262_144).mask()).isEqualTo(0x1ffff);
  }

  @Test
  void refusesWhatNoTableHolds() {
    assertThatThrownBy(() -> FlowTableSize.forFlows(Integer.MAX_VALUE))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageContaining("lower max-flows");
  }

  @Test
  void isSweptInFiftyRuns() {
    assertThat(Sweeper.setsPerRun(new FlowTableSize(131_072))).isEqualTo(2_622);
    assertThat(Sweeper.setsPerRun(new FlowTableSize(1))).isEqualTo(1);
  }
}
