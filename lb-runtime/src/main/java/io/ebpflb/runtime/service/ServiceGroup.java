package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.Plan;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
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

  /** From now on its targets share the room that it has. */
  void adopt() {
    members.forEach(member -> member.resolved().belongTo(this));
  }

  /**
   * Why this answer of one of its targets cannot be taken; empty if it can. No plan could take a
   * group with too many backends, which would hold up the changes of all services.
   */
  Optional<String> refusal(ResolvedTarget target, List<Resolution.Entry> answer) {
    List<Resolution.Entry> all =
        Stream.concat(others(target).flatMap(each -> each.entries().stream()), answer.stream())
            .toList();
    if (all.size() <= Backend.GROUP_MAX) {
      return Optional.empty();
    }
    long ipv4 = count(all, entry -> entry.address() instanceof Inet4Address);
    long ipv6 = count(all, entry -> entry.address() instanceof Inet6Address);
    return Optional.of(Math.max(ipv4, ipv6))
        .filter(backends -> backends > Backend.GROUP_MAX)
        .map(
            backends ->
                "with its answer of %d its group had %d backends, more than %d are not taken"
                    .formatted(answer.size(), backends, Backend.GROUP_MAX));
  }

  private Stream<ResolvedTarget> others(ResolvedTarget target) {
    return members.stream().map(Member::resolved).filter(each -> each != target);
  }

  private static long count(List<Resolution.Entry> entries, Predicate<Resolution.Entry> family) {
    return entries.stream().filter(family).map(ServiceGroup::endpoint).distinct().count();
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
