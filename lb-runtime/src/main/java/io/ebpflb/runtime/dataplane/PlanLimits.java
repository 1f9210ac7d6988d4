package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;

/** Refuses a plan that does not fit, by name, before anything is written. */
final class PlanLimits {
  private final MapLimits limits;

  PlanLimits(MapLimits limits) {
    this.limits = limits;
  }

  void services(int keys) {
    if (keys > limits.services()) {
      throw tooMany(
          keys + " service addresses (a wildcard counts once for each local address)",
          "max-services",
          limits.services());
    }
  }

  void routes(Blueprint blueprint) {
    int routes = blueprint.parts().stream().mapToInt(part -> part.routes().size()).sum();
    if (routes > limits.routes()) {
      throw tooMany(routes + " source routes", "max-source-routes", limits.routes());
    }
  }

  /**
   * @param planned of the plan
   * @param held with those that left and still have flows
   */
  void backends(int planned, int held) {
    if (planned > limits.backends()) {
      throw tooMany(planned + " backends", "max-backends", limits.backends());
    }
    if (held > limits.backends()) {
      throw tooMany(
          planned + " backends, beside " + (held - planned) + " that left and still have flows",
          "max-backends",
          limits.backends());
    }
  }

  void slots(Blueprint blueprint, TableSize size) {
    long slots = blueprint.slots(size);
    if (slots > limits.slots()) {
      throw tooMany(slots + " table slots", "max-table-slots", limits.slots());
    }
  }

  /**
   * @param together most of them in use at a time while the plan comes into force
   */
  void slotsTogether(Blueprint blueprint, TableSize size, long together) {
    if (together > limits.slots()) {
      throw new DataPlaneException(
          "the plan needs "
              + blueprint.slots(size)
              + " table slots, and "
              + together
              + " with those that it takes the place of, but there are "
              + limits.slots()
              + "; raise max-table-slots in [dataplane], or make the change in two steps");
    }
  }

  private static DataPlaneException tooMany(String what, String key, int limit) {
    return new DataPlaneException(
        "the plan needs "
            + what
            + ", but there is room for "
            + limit
            + "; raise "
            + key
            + " in [dataplane]");
  }
}
