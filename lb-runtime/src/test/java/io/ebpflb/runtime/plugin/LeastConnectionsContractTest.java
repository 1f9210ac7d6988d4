package io.ebpflb.runtime.plugin;

import io.ebpflb.api.PluginContext;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.testing.WeightModifierContract;
import java.time.Duration;

class LeastConnectionsContractTest extends WeightModifierContract {

  @Override
  protected WeightModifier modifier(PluginContext context) {
    return new LeastConnections(
        new LeastConnections.Settings(true, Duration.ofSeconds(1)), context);
  }
}
