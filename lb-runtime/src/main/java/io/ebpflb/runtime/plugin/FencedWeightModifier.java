package io.ebpflb.runtime.plugin;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.WeightModifier;
import java.time.Duration;
import java.util.List;

/** A weight modifier that answers usable factors in time or throws {@link ExtensionException}. */
final class FencedWeightModifier implements WeightModifier {
  static final Duration FACTORS_MAX = Duration.ofSeconds(1);

  private final PluginInstance<WeightModifier> instance;

  FencedWeightModifier(PluginInstance<WeightModifier> instance) {
    this.instance = instance;
  }

  @Override
  public double[] factors(List<BackendView> group) {
    if (instance.isClosed()) {
      throw instance.refusal();
    }
    List<BackendView> copy = List.copyOf(group);
    return instance
        .fence()
        .await(
            "factors",
            FACTORS_MAX,
            () -> instance.made().factors(copy),
            factors -> usable(factors, copy),
            instance.log());
  }

  private static double[] usable(double[] factors, List<BackendView> group) {
    if (factors.length != group.size()) {
      throw new ExtensionException(
          "it gave " + factors.length + " factors for " + group.size() + " backends");
    }
    for (int i = 0; i < factors.length; i++) {
      if (!(factors[i] >= 0) || Double.isInfinite(factors[i])) {
        throw new ExtensionException(
            "its factor for " + group.get(i).backend().endpoint() + " is " + factors[i]);
      }
    }
    return factors.clone();
  }

  @Override
  public void close() {
    instance.close();
  }
}
