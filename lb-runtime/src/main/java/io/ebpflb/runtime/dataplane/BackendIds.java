package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Ids of backends. One that left keeps its id until no packet can open a flow to it any more and
 * then a whole sweep of the flow table has passed and left none.
 */
final class BackendIds {
  private final int capacity;
  private final NumberPool pool;
  private final Map<BackendIdentity, Integer> held = new LinkedHashMap<>();

  /** Those that left, with the sweep that must be completed; none before the grace period. */
  private final Map<BackendIdentity, Long> leaving = new HashMap<>();

  private static final long SWEEP_UNKNOWN = -1;

  BackendIds(int capacity) {
    this.capacity = capacity;
    this.pool = new NumberPool(1, capacity + 1);
  }

  /** Everything with an id, whether planned, departing or leaving. */
  Set<BackendIdentity> all() {
    return held.keySet();
  }

  int size() {
    return held.size();
  }

  boolean hasLeaving() {
    return !leaving.isEmpty();
  }

  int id(BackendIdentity identity) {
    return held.get(identity);
  }

  /** How many ids would be in use with these. */
  int sizeWith(Collection<BackendIdentity> wanted) {
    int size = held.size();
    for (BackendIdentity identity : wanted) {
      if (!held.containsKey(identity)) {
        size++;
      }
    }
    return size;
  }

  /** Ids for these; those that were leaving stay. The caller has looked at {@link #sizeWith}. */
  void hold(Collection<BackendIdentity> wanted) {
    for (BackendIdentity identity : wanted) {
      leaving.remove(identity);
      held.computeIfAbsent(identity, i -> take());
    }
  }

  private int take() {
    OptionalInt id = pool.take();
    return id.orElseThrow(() -> new IllegalStateException("more than " + capacity + " backends"));
  }

  /** Everything but these leaves, now that no table names it. */
  void leaveAllBut(Set<BackendIdentity> wanted) {
    for (BackendIdentity identity : held.keySet()) {
      if (!wanted.contains(identity)) {
        leaving.putIfAbsent(identity, SWEEP_UNKNOWN);
      }
    }
  }

  /**
   * Frees the ids of those that left for good.
   *
   * @return whether there were any
   */
  boolean reclaim(MapStore store) {
    markAfterGracePeriod(store);
    long sweeps = store.sweeps();
    List<BackendIdentity> gone = new ArrayList<>();
    leaving.forEach(
        (identity, sweep) -> {
          if (sweeps >= sweep && store.activeFlows(held.get(identity)) == 0) {
            gone.add(identity);
          }
        });
    for (BackendIdentity identity : gone) {
      leaving.remove(identity);
      pool.free(held.remove(identity));
    }
    return !gone.isEmpty();
  }

  private void markAfterGracePeriod(MapStore store) {
    if (leaving.containsValue(SWEEP_UNKNOWN)) {
      store.awaitReaders();
      // The sweep under way may have passed the newest flows already; the one after it has not.
      long sweep = store.sweeps() + 2;
      leaving.replaceAll((identity, known) -> known == SWEEP_UNKNOWN ? sweep : known);
    }
  }
}
