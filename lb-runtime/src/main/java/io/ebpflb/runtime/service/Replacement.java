package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.ConfigComparison.Side;
import io.ebpflb.runtime.service.Planner.PlannedService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Services of the next config in the place of those that run, worked out without touching what
 * runs: it can be given up until {@link #takeOver}. Lives on the reconciler's loop.
 */
final class Replacement {

  /**
   * Services at work.
   *
   * @param services in config order
   * @param planned what each is planned as, by name
   */
  record Lineup(
      List<BalancedService> services, Map<String, PlannedService> planned, Leftovers leftovers) {

    List<PlannedService> inOrder() {
      return services.stream().map(service -> planned.get(service.name())).toList();
    }

    Plan plan() {
      return leftovers.addTo(Planner.plan(inOrder()));
    }

    private List<Side> sides() {
      return services.stream()
          .map(service -> new Side(service.config(), planned.get(service.name())))
          .toList();
    }

    private Map<String, BalancedService> byName() {
      return services.stream()
          .collect(Collectors.toMap(BalancedService::name, Function.identity()));
    }
  }

  private final Lineup before;
  private final Lineup after;
  private final Map<String, BalancedService> running;
  private final Map<BackendKey, BackendCounters> counters;

  Replacement(
      Lineup before, List<BalancedService> next, HealthMonitor health, DataPlane dataPlane) {
    this.before = before;
    running = before.byName();
    counters = dataPlane.backendCounters(ofOtherServices(next));
    Map<String, PlannedService> planned = new HashMap<>();
    for (BalancedService service : next) {
      if (isNew(service)) {
        earlier(service.name()).ifPresent(service::succeed);
        planned.put(service.name(), Planner.plan(service.facts(health, counters)));
      } else {
        planned.put(service.name(), before.planned().get(service.name()));
      }
    }
    after = new Lineup(next, planned, before.leftovers().next(before.services(), next));
  }

  /** Backends of services that are not the same any more, before and after. */
  private List<BackendKey> ofOtherServices(List<BalancedService> next) {
    Set<BalancedService> staying = Set.copyOf(next);
    return Stream.concat(
            before.services().stream().filter(service -> !staying.contains(service)),
            next.stream().filter(this::isNew))
        .flatMap(service -> service.known().stream())
        .distinct()
        .toList();
  }

  private boolean isNew(BalancedService service) {
    return running.get(service.name()) != service;
  }

  /** What backends of this name are leaving already. */
  private Optional<Departures> earlier(String service) {
    return Optional.ofNullable(running.get(service))
        .map(BalancedService::departures)
        .or(() -> before.leftovers().departuresOf(service));
  }

  Lineup after() {
    return after;
  }

  ConfigComparison comparison() {
    return new ConfigComparison(before.sides(), after.sides(), counters);
  }

  /** Closes what was made for it. */
  void giveUp() {
    Parts.close(Parts.onlyIn(after.services(), before.services()).stream());
  }

  /** It is in force now: checks follow it, and what only the earlier services used is closed. */
  void takeOver(HealthMonitor health) {
    for (BalancedService service : after.services()) {
      if (isNew(service)) {
        service.takeOver(earlier(service.name()), health);
      }
    }
    Map<String, BalancedService> staying = after.byName();
    running.keySet().stream().filter(name -> !staying.containsKey(name)).forEach(health::forget);
    Parts.close(Parts.onlyIn(before.services(), after.services()).stream());
  }
}
