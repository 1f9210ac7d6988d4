package io.ebpflb.api;

import java.util.List;

/**
 * Declares what the data plane shall do for a service beyond balancing. Pure: the runtime applies
 * the intents in its plan, so that removal and reload need no code here.
 */
public interface ServiceFeature extends AutoCloseable {

  /** What this feature asks for. Called on the plugin's own thread at each plan; must be quick. */
  List<ServiceIntent> intents(ServiceView service);

  @Override
  default void close() {}
}
