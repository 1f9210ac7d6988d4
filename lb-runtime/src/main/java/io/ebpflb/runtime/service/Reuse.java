package io.ebpflb.runtime.service;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.service.BalancedService.Feature;
import io.ebpflb.runtime.service.BalancedService.Modifier;
import io.ebpflb.runtime.service.ServiceGroup.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the next config can take over of a running service, each part once. */
final class Reuse {
  /** A target is the same whatever its weight, so its answers outlive a change of weights. */
  private record TargetKey(Use resolver, String label) {
    static TargetKey of(Configuration.Target target) {
      return new TargetKey(target.resolver(), target.label());
    }
  }

  private final Optional<BalancedService> running;
  private final Map<Object, Deque<AutoCloseable>> parts = new HashMap<>();
  private final List<AutoCloseable> made = new ArrayList<>();

  Reuse(Optional<BalancedService> running) {
    this.running = running;
    running.ifPresent(this::offer);
  }

  private void offer(BalancedService service) {
    for (ServiceGroup group : service.groups()) {
      for (Member member : group.members()) {
        offer(TargetKey.of(member.target()), member.resolved());
      }
    }
    service.modifiers().forEach(each -> offer(each.use(), each));
    service.features().forEach(each -> offer(each.use(), each));
    service.checkers().forEach(this::offer);
  }

  private void offer(Object key, AutoCloseable part) {
    parts.computeIfAbsent(key, k -> new ArrayDeque<>()).add(part);
  }

  /** The running service itself, if nothing about it is new. */
  Optional<BalancedService> whole(Configuration.Service wanted, BackendRules rules) {
    return running.filter(
        service -> service.config().equals(wanted) && service.rules().isSameAs(rules));
  }

  ResolvedTarget target(Configuration.Target target, Supplier<ResolvedTarget> otherwise) {
    return take(ResolvedTarget.class, TargetKey.of(target), () -> successor(otherwise.get()));
  }

  /** With another version or other settings of its plugin, a target is still the same one. */
  private ResolvedTarget successor(ResolvedTarget next) {
    running.stream()
        .flatMap(service -> service.groups().stream())
        .flatMap(group -> group.members().stream())
        .filter(member -> isSame(member.target(), next.target()))
        .findFirst()
        .ifPresent(member -> next.succeed(member.resolved()));
    return next;
  }

  private static boolean isSame(Configuration.Target one, Configuration.Target other) {
    return one.label().equals(other.label())
        && one.resolver().extension().name().equals(other.resolver().extension().name());
  }

  HealthChecker checker(Use use, Supplier<HealthChecker> otherwise) {
    return take(HealthChecker.class, use, otherwise);
  }

  Modifier modifier(Use use, Supplier<Modifier> otherwise) {
    return take(Modifier.class, use, otherwise);
  }

  Feature feature(Use use, Supplier<Feature> otherwise) {
    return take(Feature.class, use, otherwise);
  }

  private <T extends AutoCloseable> T take(Class<T> type, Object key, Supplier<T> otherwise) {
    Deque<AutoCloseable> offered = parts.get(key);
    if (offered != null && !offered.isEmpty()) {
      return type.cast(offered.remove());
    }
    T part = otherwise.get();
    made.add(part);
    return part;
  }

  /** What had to be made anew so far. */
  Stream<AutoCloseable> made() {
    return made.stream();
  }
}
