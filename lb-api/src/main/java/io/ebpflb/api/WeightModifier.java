package io.ebpflb.api;

import java.util.List;

/** Scales the weights of a group's backends. Modifiers multiply, so their order does not matter. */
public interface WeightModifier extends AutoCloseable {

  /**
   * One factor for each backend, in the order given: 0 takes it out, 1 leaves it as configured.
   * Called on the plugin's own thread, must return within the runtime's deadline (one second). A
   * throw, a wrong length, and a factor that is negative, infinite or not a number count as 1 for
   * the moment and are reported.
   *
   * @param group at most {@link Backend#GROUP_MAX} of a family; immutable; may be kept
   */
  double[] factors(List<BackendView> group);

  /** The service is gone; on the plugin's own thread, within five seconds. */
  @Override
  default void close() {}
}
