package io.ebpflb.runtime.dataplane;

/**
 * The maps as {@link PlanWriter} writes them. Called under the writer's lock, one call at a time,
 * never on an event loop.
 *
 * <p>A write is in force when the method returns. It throws {@link DataPlaneException} if the
 * kernel refuses; whether the write happened is then unknown, and the writer repeats it.
 */
interface MapStore {

  /** How much fits; constant. */
  MapLimits limits();

  /** Adds or overwrites. */
  void putService(ServiceKey key, ServiceEntry entry);

  /** Removes; no error if it is not there. */
  void removeService(ServiceKey key);

  /** Adds or overwrites. */
  void putRoute(RouteKey key, int group);

  /** Removes; no error if it is not there. */
  void removeRoute(RouteKey key);

  /**
   * Writes a backend, with no next hop resolved.
   *
   * @param id from 1 to {@link MapLimits#backends}
   */
  void putBackend(int id, BackendEntry backend);

  /** Zeroes what was counted for this id, on all CPUs: it gets a new owner. */
  void clearBackendCounters(int id);

  /**
   * Flips a group to a region of the arena with one 64-bit store that releases the slots written
   * before.
   *
   * @param group below {@link MapLimits#groups}
   * @param size in slots; 0: the group has no backend
   */
  void setGroup(int group, int offset, int size);

  /**
   * Writes consecutive slots, from {@code offset} on.
   *
   * @param backends ids as unsigned numbers; 0: none
   */
  void writeSlots(int offset, short[] backends);

  /**
   * Stores one word of a filter.
   *
   * @param word below {@link FilterLayout#WORDS}
   */
  void setFilterWord(FilterSet set, int word, long bits);

  /**
   * Returns when every packet that may have read what was in force before this call is through (an
   * RCU grace period; without the means to wait for one, a second).
   */
  void awaitReaders();

  /** Sweeps of the whole flow table completed since start; never decreases. */
  long sweeps();

  /** Flows with this backend that the flow table holds, in any state. */
  long activeFlows(int backend);

  /** The two halves of the filter. */
  enum FilterSet {
    SERVICE,
    BACKEND
  }
}
