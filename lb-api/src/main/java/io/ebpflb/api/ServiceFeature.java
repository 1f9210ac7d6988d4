package io.ebpflb.api;

import java.util.List;

/**
 * Declares what the data plane shall do for a service beyond balancing. Pure: the runtime applies
 * the intents in its plan, so that removal and reload need no code here.
 */
public interface ServiceFeature extends AutoCloseable {

  /**
   * What this feature asks for. Called on the plugin's own thread at each plan, must return within
   * the runtime's deadline (one second). After a throw, null or no answer in time the service goes
   * on without what the feature asked for, and it is reported.
   *
   * @param service immutable; may be kept
   */
  List<ServiceIntent> intents(ServiceView service);

  /** The service is gone; on the plugin's own thread, within five seconds. */
  @Override
  default void close() {}
}
