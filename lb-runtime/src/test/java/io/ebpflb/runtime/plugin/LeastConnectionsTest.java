package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.PluginContext;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastConnectionsTest {
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final PluginContext context = mock(PluginContext.class);

  @Test
  void capacityIsWeightByFlows() {
    assertThat(shares(true, backend(1, 0), backend(1, 1), backend(2, 3)))
        .containsExactly(new double[] {0.5, 0.25, 0.25}, within(1e-9));
  }

  @Test
  void withoutWeightsConnectionsAloneCount() {
    assertThat(shares(false, backend(50, 1), backend(1, 1), backend(0, 1)))
        .containsExactly(new double[] {0.5, 0.5, 0}, within(1e-9));
  }

  @Test
  void sharesAreComputedEachInterval() {
    new LeastConnections(new LeastConnections.Settings(true, INTERVAL), context);

    verify(context).every(eq(INTERVAL), any());
  }

  /** What the runtime makes of the factors. */
  private double[] shares(boolean weighted, BackendView... group) {
    double[] capacities =
        new LeastConnections(new LeastConnections.Settings(weighted, INTERVAL), context)
            .factors(List.of(group));
    double sum = 0;
    for (int i = 0; i < group.length; i++) {
      capacities[i] *= group[i].configuredWeight();
      sum += capacities[i];
    }
    for (int i = 0; i < group.length; i++) {
      capacities[i] /= sum;
    }
    return capacities;
  }

  private static BackendView backend(double weight, long flows) {
    BackendView view = mock(BackendView.class);
    when(view.configuredWeight()).thenReturn(weight);
    when(view.activeFlows()).thenReturn(flows);
    return view;
  }
}
