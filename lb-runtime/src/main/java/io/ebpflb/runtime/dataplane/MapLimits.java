package io.ebpflb.runtime.dataplane;

/**
 * Capacities of the maps.
 *
 * @param services keys, wildcards expanded
 * @param routes source prefixes of all services
 * @param groups ids from 0 on
 * @param backends ids from 1 to this, so the maps have one element more; at most 65535
 * @param slots of the table arena
 */
record MapLimits(int services, int routes, int groups, int backends, int slots) {

  static final int BACKENDS_MAX = 65_535;
  static final int SLOTS_MAX = 1 << 28;

  MapLimits {
    if (services < 1 || routes < 0 || groups < 1 || backends < 1 || slots < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (backends > BACKENDS_MAX || slots > SLOTS_MAX) {
      throw new IllegalArgumentException("backends or slots beyond what ids and offsets can name");
    }
  }

  /**
   * With the number of groups that these services and routes can need: one each, and as many again
   * while the next plan is written beside the one in force.
   */
  static MapLimits of(int services, int routes, int backends, int slots) {
    return new MapLimits(services, routes, 2 * (services + routes), backends, slots);
  }
}
