package io.ebpflb.runtime.service;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.plugin.ExtensionHost;
import io.ebpflb.runtime.service.BalancedService.Feature;
import io.ebpflb.runtime.service.BalancedService.Modifier;
import io.ebpflb.runtime.service.ServiceGroup.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes services with their extensions from what the config says. What an earlier config already
 * runs is taken over as it is: whole services that did not change, and of others each target and
 * extension with the same settings.
 */
final class ServiceAssembly {
  private final ExtensionHost extensions;
  private final Loop loop;
  private final AdminStates admin;
  private final Consumer<String> factsChanged;

  ServiceAssembly(
      ExtensionHost extensions, Loop loop, AdminStates admin, Consumer<String> factsChanged) {
    this.extensions = extensions;
    this.loop = loop;
    this.admin = admin;
    this.factsChanged = factsChanged;
  }

  List<BalancedService> assemble(List<Service> services) {
    return assemble(services, List.of());
  }

  /**
   * @param running stays as it is; if a plugin refuses, only what was newly made is closed
   */
  List<BalancedService> assemble(List<Service> services, List<BalancedService> running) {
    Map<String, BackendRules> rules =
        BackendRules.of(services, running.stream().map(BalancedService::rules).findFirst());
    Map<String, BalancedService> before =
        running.stream().collect(Collectors.toMap(BalancedService::name, Function.identity()));
    List<BalancedService> assembled = new ArrayList<>();
    for (Service service : services) {
      Reuse reuse = new Reuse(Optional.ofNullable(before.get(service.name())));
      try {
        assembled.add(assemble(service, rules.get(service.name()), reuse));
      } catch (ExtensionException e) {
        Parts.close(reuse.made());
        Parts.close(Parts.onlyIn(assembled, running).stream());
        throw new ExtensionException("service \"" + service.name() + "\": " + e.getMessage());
      }
    }
    return List.copyOf(assembled);
  }

  private BalancedService assemble(Service service, BackendRules rules, Reuse reuse) {
    Optional<BalancedService> same = reuse.whole(service, rules);
    if (same.isPresent()) {
      return same.get();
    }
    List<ServiceGroup> groups = new ArrayList<>();
    groups.add(group(service, Optional.empty(), service.targets(), rules, reuse));
    for (SourceRoute route : service.routes()) {
      Plan.Prefix prefix = new Plan.Prefix(route.prefix(), route.prefixLength());
      groups.add(group(service, Optional.of(prefix), route.targets(), rules, reuse));
    }
    return new BalancedService(
        service,
        rules,
        groups,
        checks(service, reuse),
        service.modifiers().stream()
            .map(use -> reuse.modifier(use, () -> modifier(service, use)))
            .toList(),
        service.features().stream()
            .map(use -> reuse.feature(use, () -> feature(service, use)))
            .toList(),
        admin,
        new Departures(loop, service.drainTimeout()));
  }

  private ServiceChecks checks(Service service, Reuse reuse) {
    Map<Use, HealthChecker> checkers = new HashMap<>();
    service
        .checks()
        .map(HealthCheck::checker)
        .distinct()
        .forEach(
            use ->
                checkers.put(
                    use,
                    reuse.checker(
                        use, () -> extensions.healthChecker(use.extension(), use.settings()))));
    return new ServiceChecks(service, checkers);
  }

  private ServiceGroup group(
      Service service,
      Optional<Plan.Prefix> source,
      Configuration.Group group,
      BackendRules rules,
      Reuse reuse) {
    return new ServiceGroup(
        source,
        group.targets().stream()
            .map(
                target ->
                    new Member(
                        target, reuse.target(target, () -> resolved(service, target, rules))))
            .toList());
  }

  private ResolvedTarget resolved(
      Service service, Configuration.Target target, BackendRules rules) {
    return new ResolvedTarget(
        loop,
        service.name(),
        target.withoutCheck(),
        extensions.targetResolver(target.resolver().extension(), target.resolver().settings()),
        rules,
        news(service.name()));
  }

  private Modifier modifier(Service service, Use use) {
    return new Modifier(
        use, extensions.weightModifier(use.extension(), use.settings()), call(service, use));
  }

  private Feature feature(Service service, Use use) {
    return new Feature(
        use, extensions.serviceFeature(use.extension(), use.settings()), call(service, use));
  }

  private ExtensionCall call(Service service, Use use) {
    return new ExtensionCall(loop, service.name(), use.extension().name(), news(service.name()));
  }

  /** Of the name alone: what outlives its config must not hold plugins that only that one used. */
  private Runnable news(String service) {
    return () -> factsChanged.accept(service);
  }
}
