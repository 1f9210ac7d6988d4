package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Backends that left every group of a service: out of its tables, while their flows finish. One
 * that comes back in time never left.
 */
final class Departures {
  /** Flows that are still open after this are given up. */
  static final Duration DRAIN_MAX = Duration.ofSeconds(60);

  /** Active flows are counted by a sweep: a younger zero may be older than the last flow. */
  static final Duration DRAIN_MIN = Duration.ofSeconds(5);

  private final Map<Plan.Endpoint, Long> leftAtNanos = new LinkedHashMap<>();
  private Set<Plan.Endpoint> members = Set.of();

  /** Takes note of who is in a group now. */
  void update(Set<Plan.Endpoint> membersNow, long nowNanos) {
    for (Plan.Endpoint endpoint : members) {
      if (!membersNow.contains(endpoint)) {
        leftAtNanos.put(endpoint, nowNanos);
      }
    }
    leftAtNanos.keySet().removeAll(membersNow);
    members = Set.copyOf(membersNow);
  }

  /** Forgets those that have no flow left, and those that had their time. */
  void expire(long nowNanos, ToLongFunction<Plan.Endpoint> activeFlows) {
    leftAtNanos
        .entrySet()
        .removeIf(
            left -> {
              long ageNanos = nowNanos - left.getValue();
              return ageNanos >= DRAIN_MAX.toNanos()
                  || ageNanos >= DRAIN_MIN.toNanos() && activeFlows.applyAsLong(left.getKey()) == 0;
            });
  }

  List<Plan.Endpoint> endpoints() {
    return List.copyOf(leftAtNanos.keySet());
  }
}
