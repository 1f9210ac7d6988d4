package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From what is known of a service to what the data plane shall do: a pure function. */
final class Planner {

  /**
   * @param admin what the operator has said of it
   * @param check how it is checked, if it is
   * @param recovery how much of its weight it gets after it came up again, above 0 to 1
   * @param factor the guarded product of the modifiers' factors
   */
  record BackendFacts(
      Plan.Endpoint endpoint,
      double configuredWeight,
      AdminStates.Setting admin,
      Optional<DrainSnapshot> drain,
      Optional<HealthCheck> check,
      HealthSnapshot health,
      double recovery,
      double factor) {

    BackendFacts withFactor(double other) {
      return new BackendFacts(
          endpoint, configuredWeight, admin, drain, check, health, recovery, other);
    }

    /** The configured weight, unless the operator has put another in its place. */
    double weight() {
      return admin.weight().orElse(configuredWeight);
    }

    boolean isReady() {
      return admin.state() == AdminState.READY;
    }

    boolean isHealthy() {
      return BackendSnapshot.isHealthy(admin.health(), health);
    }
  }

  record GroupFacts(
      Optional<Plan.Prefix> source, List<TargetSnapshot> targets, List<BackendFacts> backends) {}

  /**
   * @param groups the default group first
   * @param idleTimeout what its features ask for
   * @param problems what its targets and extensions suffer from
   */
  record ServiceFacts(
      Configuration.Service config,
      List<GroupFacts> groups,
      Optional<Duration> idleTimeout,
      List<DepartingSnapshot> departing,
      List<String> problems) {}

  /**
   * @param alarms states of its groups that take backends' weights out of force, or leave none
   */
  record PlannedService(Plan.Service plan, ServiceSnapshot snapshot, List<String> alarms) {}

  private record PlannedGroup(Plan.Group plan, GroupSnapshot snapshot, Optional<String> alarm) {}

  private Planner() {}

  static Plan plan(List<PlannedService> services) {
    List<Plan.Departing> departing = new ArrayList<>();
    for (PlannedService service : services) {
      for (DepartingSnapshot each : service.snapshot().departing()) {
        if (each.drain().outcome().isEmpty()) {
          departing.add(new Plan.Departing(service.plan().name(), each.endpoint()));
        }
      }
    }
    return new Plan(services.stream().map(PlannedService::plan).toList(), departing);
  }

  static PlannedService plan(ServiceFacts facts) {
    List<PlannedGroup> groups = facts.groups().stream().map(Planner::planGroup).toList();
    List<String> alarms = groups.stream().flatMap(group -> group.alarm().stream()).toList();
    return new PlannedService(servicePlan(facts, groups), snapshot(facts, groups, alarms), alarms);
  }

  private static Plan.Service servicePlan(ServiceFacts facts, List<PlannedGroup> groups) {
    List<Plan.Route> routes = new ArrayList<>();
    for (int i = 1; i < groups.size(); i++) {
      routes.add(
          new Plan.Route(facts.groups().get(i).source().orElseThrow(), groups.get(i).plan()));
    }
    Configuration.Service config = facts.config();
    return new Plan.Service(
        config.name(),
        config.address(),
        config.port(),
        config.protocol(),
        selection(config.algorithm()),
        groups.get(0).plan(),
        routes,
        facts.idleTimeout());
  }

  private static ServiceSnapshot snapshot(
      ServiceFacts facts, List<PlannedGroup> groups, List<String> alarms) {
    List<GroupSnapshot> snapshots = groups.stream().map(PlannedGroup::snapshot).toList();
    List<String> problems = new ArrayList<>(alarms);
    problems.addAll(facts.problems());
    Configuration.Service config = facts.config();
    return new ServiceSnapshot(
        config.name(),
        listen(config),
        config.protocol(),
        config.algorithm(),
        config.healthCheck().map(check -> check.checker().extension().name()),
        snapshots.get(0),
        snapshots.subList(1, snapshots.size()),
        facts.departing(),
        problems);
  }

  private static PlannedGroup planGroup(GroupFacts facts) {
    Weights.Effective effective =
        Weights.effective(facts.backends().stream().map(Planner::candidate).toList());
    List<Plan.Weighted> weighted = new ArrayList<>();
    List<BackendSnapshot> backends = new ArrayList<>();
    for (int i = 0; i < facts.backends().size(); i++) {
      BackendFacts backend = facts.backends().get(i);
      double weight = effective.weights().get(i);
      weighted.add(new Plan.Weighted(backend.endpoint(), weight));
      backends.add(
          new BackendSnapshot(
              backend.endpoint(),
              backend.configuredWeight(),
              backend.admin().weight(),
              weight,
              backend.admin().state(),
              backend.admin().health(),
              backend.drain(),
              backend.check(),
              backend.health()));
    }
    Optional<String> source = facts.source().map(Planner::text);
    return new PlannedGroup(
        new Plan.Group(weighted),
        new GroupSnapshot(source, effective.configuredInForce(), facts.targets(), backends),
        alarm(facts, effective)
            .map(alarm -> source.map(s -> "source " + s + ": ").orElse("") + alarm));
  }

  private static Weights.Candidate candidate(BackendFacts backend) {
    return new Weights.Candidate(
        backend.weight(),
        backend.isReady(),
        backend.isHealthy(),
        backend.factor() * backend.recovery());
  }

  private static Optional<String> alarm(GroupFacts facts, Weights.Effective effective) {
    if (facts.backends().isEmpty()) {
      return Optional.of("no backend; new connections are dropped");
    }
    if (facts.backends().stream().noneMatch(BackendFacts::isReady)) {
      return Optional.of("no backend is ready: drain or maintenance; new connections are dropped");
    }
    if (effective.weights().stream().allMatch(weight -> weight == 0)) {
      return Optional.of("every configured weight is 0; new connections are dropped");
    }
    if (!effective.configuredInForce()) {
      return Optional.empty();
    }
    boolean allDown =
        facts.backends().stream().filter(BackendFacts::isReady).noneMatch(BackendFacts::isHealthy);
    return Optional.of(
        (allDown ? "all backends are down" : "checks and modifiers leave no backend")
            + "; configured weights stay in force");
  }

  private static Plan.Selection selection(Configuration.Algorithm algorithm) {
    return switch (algorithm) {
      case MAGLEV, LEAST_CONNECTIONS -> Plan.Selection.FIVE_TUPLE;
      case SOURCE_HASH -> Plan.Selection.SOURCE;
      case RANDOM -> Plan.Selection.RANDOM;
    };
  }

  static String listen(Configuration.Service config) {
    return config
        .address()
        .map(address -> Endpoints.format(address, config.port()))
        .orElse("*:" + config.port());
  }

  private static String text(Plan.Prefix prefix) {
    return Endpoints.format(prefix.address()) + "/" + prefix.length();
  }
}
