package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.PluginContext;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.testing.WeightModifierContract;
import java.time.Duration;

class CircuitBreakerContractTest extends WeightModifierContract {

  @Override
  protected WeightModifier modifier(PluginContext context) {
    return new Circuits()
        .breaker(
            new CircuitBreakerSettings(
                30, 10, Duration.ofSeconds(10), Duration.ofSeconds(5), 10, 3),
            context);
  }
}
