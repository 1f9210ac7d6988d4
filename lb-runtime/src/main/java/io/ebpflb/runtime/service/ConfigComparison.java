package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.ServiceKeys;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.dataplane.TableShift;
import io.ebpflb.runtime.service.ConfigDiff.BackendDiff;
import io.ebpflb.runtime.service.ConfigDiff.Kind;
import io.ebpflb.runtime.service.ConfigDiff.Move;
import io.ebpflb.runtime.service.ConfigDiff.ServiceDiff;
import io.ebpflb.runtime.service.Planner.PlannedService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what two configs plan. Immutable, so the tables are built on the thread that asks.
 *
 * @param counters as of when the plans were made
 */
record ConfigComparison(
    List<Side> before, List<Side> after, Map<BackendKey, BackendCounters> counters) {

  /** A service as configured and as planned. */
  record Side(Configuration.Service config, PlannedService planned) {}

  ConfigDiff diff() {
    Map<String, Side> earlier = byName(before);
    Map<String, Side> later = byName(after);
    Set<String> names = new LinkedHashSet<>(earlier.keySet());
    names.addAll(later.keySet());
    List<ServiceDiff> diffs = new ArrayList<>();
    for (String name : names) {
      Optional<Side> was = Optional.ofNullable(earlier.get(name));
      Optional<Side> is = Optional.ofNullable(later.get(name));
      if (!was.map(Side::config).equals(is.map(Side::config))) {
        diffs.add(diff(name, was, is));
      }
    }
    return new ConfigDiff(diffs, Map.of(), Map.of());
  }

  private static Map<String, Side> byName(List<Side> sides) {
    Map<String, Side> byName = new LinkedHashMap<>();
    sides.forEach(side -> byName.put(side.config().name(), side));
    return byName;
  }

  private ServiceDiff diff(String name, Optional<Side> was, Optional<Side> is) {
    List<BackendDiff> backends = backends(name, weights(was), weights(is));
    boolean both = was.isPresent() && is.isPresent();
    return new ServiceDiff(
        name,
        was.isEmpty() ? Kind.ADDED : is.isEmpty() ? Kind.REMOVED : Kind.CHANGED,
        both ? ServiceKeys.changed(was.get().config(), is.get().config()) : List.of(),
        backends,
        both ? moves(was.get(), is.get()) : List.of(),
        backends.stream()
            .filter(each -> each.kind() == Kind.REMOVED)
            .mapToLong(BackendDiff::activeFlows)
            .sum());
  }

  private static Map<Plan.Endpoint, Double> weights(Optional<Side> side) {
    Map<Plan.Endpoint, Double> weights = new LinkedHashMap<>();
    side.ifPresent(
        each ->
            each.planned()
                .snapshot()
                .backends()
                .forEach(backend -> weights.put(backend.endpoint(), backend.configuredWeight())));
    return weights;
  }

  private List<BackendDiff> backends(
      String service, Map<Plan.Endpoint, Double> was, Map<Plan.Endpoint, Double> is) {
    Set<Plan.Endpoint> endpoints = new LinkedHashSet<>(was.keySet());
    endpoints.addAll(is.keySet());
    return endpoints.stream()
        .filter(
            each -> !Optional.ofNullable(was.get(each)).equals(Optional.ofNullable(is.get(each))))
        .map(
            each ->
                new BackendDiff(
                    Endpoints.format(each.address(), each.port()),
                    !was.containsKey(each)
                        ? Kind.ADDED
                        : is.containsKey(each) ? Kind.CHANGED : Kind.REMOVED,
                    was.getOrDefault(each, 0.0),
                    is.getOrDefault(each, 0.0),
                    counters
                        .getOrDefault(new BackendKey(service, each), BackendCounters.ZERO)
                        .active()))
        .toList();
  }

  private static List<Move> moves(Side was, Side is) {
    Plan.Service before = was.planned().plan();
    Plan.Service after = is.planned().plan();
    List<Move> moves = new ArrayList<>();
    add(moves, Optional.empty(), before, before.group(), after, after.group());
    Map<Plan.Prefix, Plan.Group> earlier = routes(before);
    Map<Plan.Prefix, Plan.Group> later = routes(after);
    Set<Plan.Prefix> prefixes = new LinkedHashSet<>(earlier.keySet());
    prefixes.addAll(later.keySet());
    for (Plan.Prefix prefix : prefixes) {
      // Clients of a prefix without a route of its own are mostly those of the default group.
      add(
          moves,
          Optional.of(Endpoints.format(prefix.address()) + "/" + prefix.length()),
          before,
          earlier.getOrDefault(prefix, before.group()),
          after,
          later.getOrDefault(prefix, after.group()));
    }
    return moves;
  }

  private static void add(
      List<Move> moves,
      Optional<String> source,
      Plan.Service before,
      Plan.Group was,
      Plan.Service after,
      Plan.Group is) {
    if (was.equals(is) && before.selection() == after.selection()) {
      return;
    }
    double share = TableShift.between(was, before.selection(), is, after.selection());
    if (share > 0) {
      moves.add(new Move(source, share));
    }
  }

  private static Map<Plan.Prefix, Plan.Group> routes(Plan.Service service) {
    Map<Plan.Prefix, Plan.Group> routes = new LinkedHashMap<>();
    service.routes().forEach(route -> routes.put(route.source(), route.group()));
    return routes;
  }
}
