package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import io.ebpflb.api.NoConfig;
import java.util.List;

/** Takes backends out for a while whose connections fail, and lets them prove themselves. */
public final class CircuitBreakerPlugin implements LbPlugin {
  private final Circuits circuits = new Circuits();

  @Override
  public List<Extension<?>> extensions() {
    return List.of(
        Extension.weightModifier(
            "circuit-breaker",
            CircuitBreakerSettings.class,
            (settings, context) -> circuits.breaker(settings, context)),
        Extension.agent(
            "circuits",
            NoConfig.class,
            (settings, context) -> new CircuitAgent(circuits, context)));
  }
}
