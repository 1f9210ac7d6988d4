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
  private final Loop loop;
  private final Duration timeout;
  private final Map<Plan.Endpoint, Drain> leaving = new LinkedHashMap<>();
  private Set<Plan.Endpoint> members = Set.of();

  /**
   * @param timeout flows that are still open after this are given up
   */
  Departures(Loop loop, Duration timeout) {
    this.loop = loop;
    this.timeout = timeout;
  }

  /** Takes note of who is in a group now. */
  void update(Set<Plan.Endpoint> membersNow) {
    for (Plan.Endpoint endpoint : members) {
      if (!membersNow.contains(endpoint)) {
        leaving.put(endpoint, new Drain(timeout, loop.now(), loop.nanoTime()));
      }
    }
    for (Plan.Endpoint endpoint : membersNow) {
      Drain cancelled = leaving.remove(endpoint);
      if (cancelled != null) {
        cancelled.cancel();
      }
    }
    members = Set.copyOf(membersNow);
  }

  /** Goes on where another stands, which stays as it is until it is updated itself. */
  void succeed(Departures earlier, Set<Plan.Endpoint> membersNow) {
    leaving.putAll(earlier.leaving);
    members = earlier.members;
    leaving.keySet().removeAll(membersNow);
    update(membersNow);
  }

  /**
   * Looks which have no flow left or had their time. How that ended can be seen until the next
   * look, which forgets them.
   */
  void look(ToLongFunction<Plan.Endpoint> activeFlows) {
    leaving.values().removeIf(drain -> !drain.isUnderWay());
    leaving.forEach(
        (endpoint, drain) -> drain.look(loop.nanoTime(), activeFlows.applyAsLong(endpoint)));
  }

  /** Those whose flows are waited for. */
  List<Plan.Endpoint> underWay() {
    return leaving.entrySet().stream()
        .filter(each -> each.getValue().isUnderWay())
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean isEmpty() {
    return leaving.isEmpty();
  }

  List<DepartingSnapshot> snapshots() {
    return leaving.entrySet().stream()
        .map(each -> new DepartingSnapshot(each.getKey(), each.getValue().snapshot()))
        .toList();
  }
}
