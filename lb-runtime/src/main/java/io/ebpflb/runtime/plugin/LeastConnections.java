package io.ebpflb.runtime.plugin;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Range;
import io.ebpflb.api.WeightModifier;
import java.time.Duration;
import java.util.List;

/**
 * The fewer flows a backend has, the more new ones it gets: its capacity is weight / (1 + flows).
 * Shares follow flows an interval late, so that a herd of new ones does not run to one backend.
 */
final class LeastConnections implements WeightModifier {
  record Settings(
      @Doc("whether a backend's weight counts too; false: connections alone") @Default("true")
          boolean weighted,
      @Doc("how often shares follow the number of connections")
          @Default("1s")
          @Range(min = "100ms", max = "1m")
          Duration interval) {}

  private final boolean weighted;
  private final PluginContext.Registration replanning;

  LeastConnections(Settings settings, PluginContext context) {
    weighted = settings.weighted();
    replanning = context.every(settings.interval(), context::replan);
  }

  @Override
  public double[] factors(List<BackendView> group) {
    return group.stream().mapToDouble(this::factor).toArray();
  }

  private double factor(BackendView backend) {
    double capacity = 1.0 / (1 + backend.activeFlows());
    // The configured weight is multiplied in later: dividing by it leaves connections alone.
    return weighted || backend.configuredWeight() == 0
        ? capacity
        : capacity / backend.configuredWeight();
  }

  @Override
  public void close() {
    replanning.close();
  }
}
