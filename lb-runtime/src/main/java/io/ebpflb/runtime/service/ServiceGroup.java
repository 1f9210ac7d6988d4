package io.ebpflb.runtime.service;

import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.dataplane.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A target group of a service with its targets being resolved. Lives on the reconciler's loop.
 *
 * @param source the prefix that leads to it; empty for the default group
 */
record ServiceGroup(Optional<Plan.Prefix> source, List<ResolvedTarget> targets) {

  /**
   * Its backends with their configured weights: a target's weight is split by the shares of its
   * answer, and what several targets give to one endpoint adds up.
   */
  Map<Plan.Endpoint, Double> configuredWeights() {
    Map<Plan.Endpoint, Double> weights = new LinkedHashMap<>();
    for (ResolvedTarget target : targets) {
      double shares = target.entries().stream().mapToDouble(Resolution.Entry::share).sum();
      for (Resolution.Entry entry : target.entries()) {
        double weight = target.target().weight() * (entry.share() / shares);
        weights.merge(new Plan.Endpoint(entry.address(), entry.port()), weight, Double::sum);
      }
    }
    return weights;
  }

  List<TargetSnapshot> targetSnapshots() {
    return targets.stream()
        .map(
            each ->
                new TargetSnapshot(
                    each.target().label(),
                    each.target().weight(),
                    each.entries().size(),
                    each.problem()))
        .toList();
  }
}
