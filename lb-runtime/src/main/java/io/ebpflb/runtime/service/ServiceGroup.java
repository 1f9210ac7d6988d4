package io.ebpflb.runtime.service;

import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A target group of a service with its targets being resolved. Lives on the reconciler's loop.
 *
 * @param source the prefix that leads to it; empty for the default group
 */
record ServiceGroup(Optional<Plan.Prefix> source, List<Member> members) {

  /**
   * @param target as configured: the same resolved target may serve a later config, with another
   *     weight
   */
  record Member(Configuration.Target target, ResolvedTarget resolved) {

    Stream<Plan.Endpoint> endpoints() {
      return resolved.entries().stream().map(ServiceGroup::endpoint);
    }
  }

  private static Plan.Endpoint endpoint(Resolution.Entry entry) {
    return new Plan.Endpoint(entry.address(), entry.port());
  }

  /**
   * Its backends with their configured weights: a target's weight is split by the shares of its
   * answer, and what several targets give to one endpoint adds up.
   */
  Map<Plan.Endpoint, Double> configuredWeights() {
    Map<Plan.Endpoint, Double> weights = new LinkedHashMap<>();
    for (Member member : members) {
      List<Resolution.Entry> entries = member.resolved().entries();
      double shares = entries.stream().mapToDouble(Resolution.Entry::share).sum();
      for (Resolution.Entry entry : entries) {
        double weight = member.target().weight() * (entry.share() / shares);
        weights.merge(endpoint(entry), weight, Double::sum);
      }
    }
    return weights;
  }

  List<TargetSnapshot> targetSnapshots() {
    return members.stream()
        .map(
            each ->
                new TargetSnapshot(
                    each.target().label(),
                    each.target().weight(),
                    each.resolved().entries().size(),
                    each.resolved().problem()))
        .toList();
  }
}
