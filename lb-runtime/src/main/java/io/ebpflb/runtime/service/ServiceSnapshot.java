package io.ebpflb.runtime.service;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.dataplane.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service at one moment, for the admin endpoint, the metrics and the command line. Traffic
 * counters are the data plane's: look them up by name and endpoint.
 *
 * @param listen as clients reach it: {@code 203.0.113.10:80}, {@code [2001:db8::80]:80}, {@code
 *     *:80}
 * @param healthCheck the type of its health check, if it has one
 * @param group the default target group
 * @param routes groups of source routes, in file order
 * @param departing backends that left every group and whose flows may still go on
 * @param problems what an operator should know of it now, one sentence each; empty when all is well
 */
public record ServiceSnapshot(
    String name,
    String listen,
    Protocol protocol,
    Algorithm algorithm,
    Optional<String> healthCheck,
    GroupSnapshot group,
    List<GroupSnapshot> routes,
    List<DepartingSnapshot> departing,
    List<String> problems) {
  public ServiceSnapshot {
    routes = List.copyOf(routes);
    departing = List.copyOf(departing);
    problems = List.copyOf(problems);
  }

  /** The default group, then those of the routes. */
  public List<GroupSnapshot> groups() {
    List<GroupSnapshot> all = new ArrayList<>(routes.size() + 1);
    all.add(group);
    all.addAll(routes);
    return all;
  }

  /**
   * Each distinct endpoint once; one that is in several groups is shown as the first of them has
   * it, the default group before those of routes.
   */
  public List<BackendSnapshot> backends() {
    Map<Plan.Endpoint, BackendSnapshot> distinct = new LinkedHashMap<>();
    for (GroupSnapshot each : groups()) {
      for (BackendSnapshot backend : each.backends()) {
        distinct.putIfAbsent(backend.endpoint(), backend);
      }
    }
    return List.copyOf(distinct.values());
  }
}
