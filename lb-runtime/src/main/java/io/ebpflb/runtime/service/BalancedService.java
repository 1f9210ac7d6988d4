package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.api.ServiceView;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.AtStart;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.Planner.BackendFacts;
import io.ebpflb.runtime.service.Planner.GroupFacts;
import io.ebpflb.runtime.service.Planner.ServiceFacts;
import io.ebpflb.runtime.service.ServiceChecks.Check;
import io.ebpflb.runtime.service.ServiceGroup.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** One configured service and its extensions at work. Lives on the reconciler's loop. */
final class BalancedService implements AutoCloseable {
  record Modifier(Use use, WeightModifier modifier, ExtensionCall call) implements AutoCloseable {
    @Override
    public void close() {
      modifier.close();
    }
  }

  record Feature(Use use, ServiceFeature feature, ExtensionCall call) implements AutoCloseable {
    @Override
    public void close() {
      feature.close();
    }
  }

  private record View(String name, Protocol protocol, List<BackendView> backends)
      implements ServiceView {}

  private final Configuration.Service config;
  private final List<ServiceGroup> groups;
  private final ServiceChecks checks;
  private final List<Modifier> modifiers;
  private final List<Feature> features;
  private final BackendRules rules;
  private final AdminStates admin;
  private final Departures departures;
  private Map<Plan.Endpoint, Check> watched = Map.of();

  /**
   * @param groups the default group first
   */
  BalancedService(
      Configuration.Service config,
      BackendRules rules,
      List<ServiceGroup> groups,
      ServiceChecks checks,
      List<Modifier> modifiers,
      List<Feature> features,
      AdminStates admin,
      Departures departures) {
    this.config = config;
    this.rules = rules;
    this.groups = groups;
    this.checks = checks;
    this.modifiers = modifiers;
    this.features = features;
    this.admin = admin;
    this.departures = departures;
  }

  /** Begins with the targets that have no answer yet. */
  void resolve() {
    for (ServiceGroup group : groups) {
      group.members().stream()
          .map(Member::resolved)
          .filter(target -> !target.hasReported())
          .forEach(target -> target.beginIn(group));
    }
  }

  /** Asks the resolvers of these names anew. */
  void refresh(Set<String> resolvers) {
    targets()
        .filter(each -> resolvers.contains(each.target().resolver().extension().name()))
        .forEach(ResolvedTarget::refresh);
  }

  boolean hasReported() {
    return targets().allMatch(ResolvedTarget::hasReported);
  }

  /** Whether nothing can be decided yet, because a target whose answer is needed has none. */
  boolean isAwaited() {
    return needed().anyMatch(member -> !member.resolved().hasReported());
  }

  /** Why it must not start: a target whose answer is needed has none. */
  Optional<String> refusal() {
    return needed()
        .filter(member -> !member.resolved().hasAnswered())
        .findFirst()
        .map(
            member ->
                "service \"%s\": target %s has no answer, and at-start = \"fail\": %s"
                    .formatted(
                        name(), member.target().label(), member.resolved().problem().orElse("")));
  }

  private Stream<Member> needed() {
    return groups.stream()
        .flatMap(group -> group.members().stream())
        .filter(member -> member.target().atStart() == AtStart.FAIL);
  }

  String name() {
    return config.name();
  }

  Configuration.Service config() {
    return config;
  }

  BackendRules rules() {
    return rules;
  }

  List<ServiceGroup> groups() {
    return groups;
  }

  /** By the settings that each acts by. */
  Map<Use, HealthChecker> checkers() {
    return checks.checkers();
  }

  List<Modifier> modifiers() {
    return modifiers;
  }

  List<Feature> features() {
    return features;
  }

  /** What it runs and what must be closed: targets and extensions. */
  Stream<AutoCloseable> parts() {
    return Stream.of(targets(), checkers().values().stream(), modifiers.stream(), features.stream())
        .flatMap(part -> part);
  }

  Departures departures() {
    return departures;
  }

  /** Goes on with what is leaving; the earlier one stays as it is. */
  void succeed(Departures earlier) {
    departures.succeed(earlier, members());
  }

  /** It is in force now: what it shares with an earlier one follows this one's rules. */
  void takeOver(Optional<Departures> earlier, HealthMonitor health) {
    earlier.ifPresent(each -> each.update(members()));
    targets().forEach(target -> target.useRules(rules));
    groups.forEach(ServiceGroup::adopt);
    if (checks.of(groups).isEmpty()) {
      health.forget(name());
    }
    followMembers();
    watch(health);
  }

  /** Whether its plan may change without a fact that names it. */
  boolean isVolatile() {
    return !modifiers.isEmpty() || !features.isEmpty() || isDraining();
  }

  /** Whether flows are waited for, of backends that left or that the operator gates. */
  boolean isDraining() {
    return !departures.isEmpty() || drains().values().stream().anyMatch(Drain::isUnderWay);
  }

  /** How long flows of a backend may take to finish, unless said otherwise. */
  Duration drainTimeout() {
    return config.drainTimeout();
  }

  /** The backends of all its groups. */
  List<Plan.Endpoint> endpoints() {
    return groups.stream()
        .flatMap(group -> group.configuredWeights().keySet().stream())
        .distinct()
        .toList();
  }

  /** The backends of all its groups, and those that left but may have flows. */
  List<BackendKey> known() {
    return Stream.concat(
            endpoints().stream(), departures.snapshots().stream().map(DepartingSnapshot::endpoint))
        .map(this::key)
        .toList();
  }

  /** The backends that checks look at. */
  List<BackendKey> checked() {
    return watched.keySet().stream().map(this::key).toList();
  }

  private Map<Plan.Endpoint, Drain> drains() {
    return admin.drains(config.name());
  }

  /** Follows the members of its groups: who is leaving. */
  void followMembers() {
    departures.update(members());
  }

  /** Has the members of its groups checked, and no others any more. */
  void watch(HealthMonitor health) {
    Map<Plan.Endpoint, Check> now = checks.of(groups);
    if (!now.equals(watched)) {
      watched = now;
      health.watch(config.name(), now);
    }
  }

  private Set<Plan.Endpoint> members() {
    return new LinkedHashSet<>(endpoints());
  }

  /** Looks which drains are over. */
  void lookAtDrains(long nowNanos, Map<BackendKey, BackendCounters> counters) {
    departures.look(endpoint -> counters(endpoint, counters).active());
    drains()
        .forEach((endpoint, drain) -> drain.look(nowNanos, counters(endpoint, counters).active()));
  }

  /** Everything that its plan depends on, extensions asked. */
  ServiceFacts facts(HealthMonitor health, Map<BackendKey, BackendCounters> counters) {
    Map<Plan.Endpoint, Check> how = checks.of(groups);
    List<GroupFacts> groupFacts =
        groups.stream().map(group -> facts(group, how, health, counters)).toList();
    Optional<Duration> idleTimeout =
        features.isEmpty() ? Optional.empty() : idleTimeout(groupFacts.get(0), counters);
    return new ServiceFacts(config, groupFacts, idleTimeout, departures.snapshots(), problems());
  }

  private GroupFacts facts(
      ServiceGroup group,
      Map<Plan.Endpoint, Check> how,
      HealthMonitor health,
      Map<BackendKey, BackendCounters> counters) {
    List<BackendFacts> backends = new ArrayList<>();
    group
        .configuredWeights()
        .forEach(
            (endpoint, weight) -> {
              BackendKey key = key(endpoint);
              Optional<HealthCheck> check =
                  Optional.ofNullable(how.get(endpoint)).map(Check::settings);
              Duration step = check.map(HealthCheck::recoveryStep).orElse(Duration.ZERO);
              backends.add(
                  new BackendFacts(
                      endpoint,
                      weight,
                      admin.of(key),
                      admin.drain(key).map(Drain::snapshot),
                      check,
                      health.health(key),
                      health.recovery(key, step),
                      1));
            });
    return new GroupFacts(group.source(), group.targetSnapshots(), modified(backends, counters));
  }

  private List<BackendFacts> modified(
      List<BackendFacts> backends, Map<BackendKey, BackendCounters> counters) {
    if (modifiers.isEmpty()) {
      return backends;
    }
    double[] factors = factors(views(backends, counters));
    List<BackendFacts> modified = new ArrayList<>();
    for (int i = 0; i < factors.length; i++) {
      modified.add(backends.get(i).withFactor(factors[i]));
    }
    return modified;
  }

  private double[] factors(List<BackendView> views) {
    double[] product = new double[views.size()];
    Arrays.fill(product, 1);
    double[] unmodified = product.clone();
    for (Modifier each : modifiers) {
      double[] factors =
          each.call()
              .ask(
                  () ->
                      Optional.ofNullable(each.modifier().factors(views))
                          .filter(answer -> Weights.isUsable(answer, views.size())),
                  unmodified);
      for (int i = 0; i < product.length; i++) {
        product[i] = Math.min(product[i] * factors[i], Weights.FACTOR_MAX);
      }
    }
    return product;
  }

  /** The shortest that a feature asks for; one that fails asks for nothing. */
  private Optional<Duration> idleTimeout(
      GroupFacts group, Map<BackendKey, BackendCounters> counters) {
    ServiceView view =
        new View(config.name(), config.protocol(), views(group.backends(), counters));
    return features.stream()
        .flatMap(
            each ->
                each
                    .call()
                    .ask(
                        () -> Optional.ofNullable(each.feature().intents(view)),
                        List.<ServiceIntent>of())
                    .stream())
        .filter(ServiceIntent.IdleTimeout.class::isInstance)
        .map(intent -> ((ServiceIntent.IdleTimeout) intent).timeout())
        .min(Comparator.naturalOrder());
  }

  private List<BackendView> views(
      List<BackendFacts> backends, Map<BackendKey, BackendCounters> counters) {
    Function<BackendFacts, BackendView> view =
        facts ->
            ObservedBackend.of(
                Backend.of(config.name(), facts.endpoint().address(), facts.endpoint().port()),
                facts.weight(),
                facts.isReady(),
                facts.isHealthy(),
                counters(facts.endpoint(), counters));
    return backends.stream().map(view).toList();
  }

  private List<String> problems() {
    Stream<String> ofTargets =
        targets()
            .flatMap(t -> t.problem().map(p -> "target " + t.target().label() + ": " + p).stream());
    Stream<String> ofExtensions =
        Stream.concat(modifiers.stream().map(Modifier::call), features.stream().map(Feature::call))
            .flatMap(call -> call.problem().stream());
    return Stream.concat(ofTargets, ofExtensions).toList();
  }

  private Stream<ResolvedTarget> targets() {
    return groups.stream().flatMap(group -> group.members().stream()).map(Member::resolved);
  }

  private BackendKey key(Plan.Endpoint endpoint) {
    return new BackendKey(config.name(), endpoint);
  }

  private BackendCounters counters(
      Plan.Endpoint endpoint, Map<BackendKey, BackendCounters> counters) {
    return counters.getOrDefault(key(endpoint), BackendCounters.ZERO);
  }

  /** Ends what it runs and closes its extensions. */
  @Override
  public void close() {
    Parts.close(parts());
  }
}
