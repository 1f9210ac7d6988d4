package io.ebpflb.runtime.plugin;

import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.api.ServiceView;
import java.time.Duration;
import java.util.List;

/** A service feature that answers in time or throws {@link ExtensionException}. */
final class FencedServiceFeature implements ServiceFeature {
  static final Duration INTENTS_MAX = Duration.ofSeconds(1);

  private final PluginInstance<ServiceFeature> instance;

  FencedServiceFeature(PluginInstance<ServiceFeature> instance) {
    this.instance = instance;
  }

  @Override
  public List<ServiceIntent> intents(ServiceView service) {
    if (instance.isClosed()) {
      throw instance.refusal();
    }
    // Intents are final classes of the API with values of the JDK, so only the list is copied.
    return instance
        .fence()
        .await(
            "intents of " + service.name(),
            INTENTS_MAX,
            () -> instance.made().intents(service),
            List::copyOf,
            instance.log());
  }

  @Override
  public void close() {
    instance.close();
  }
}
