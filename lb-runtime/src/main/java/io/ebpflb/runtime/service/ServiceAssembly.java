package io.ebpflb.runtime.service;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.plugin.ExtensionHost;
import io.ebpflb.runtime.service.BalancedService.Feature;
import io.ebpflb.runtime.service.BalancedService.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes services with their extensions from what the config says. */
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
    Map<String, BackendRules> rules = BackendRules.of(services);
    List<BalancedService> assembled = new ArrayList<>();
    for (Service service : services) {
      try {
        assembled.add(assemble(service, rules.get(service.name())));
      } catch (ExtensionException e) {
        assembled.forEach(BalancedService::close);
        throw new ExtensionException("service \"" + service.name() + "\": " + e.getMessage());
      }
    }
    return List.copyOf(assembled);
  }

  private BalancedService assemble(Service service, BackendRules rules) {
    List<ServiceGroup> groups = new ArrayList<>();
    groups.add(group(service, Optional.empty(), service.targets(), rules));
    for (SourceRoute route : service.routes()) {
      Plan.Prefix prefix = new Plan.Prefix(route.prefix(), route.prefixLength());
      groups.add(group(service, Optional.of(prefix), route.targets(), rules));
    }
    Optional<HealthChecker> checker =
        service
            .healthCheck()
            .map(Configuration.HealthCheck::checker)
            .map(use -> extensions.healthChecker(use.extension(), use.settings()));
    List<Modifier> modifiers =
        service.modifiers().stream()
            .map(
                use ->
                    new Modifier(
                        extensions.weightModifier(use.extension(), use.settings()),
                        call(service, use)))
            .toList();
    List<Feature> features =
        service.features().stream()
            .map(
                use ->
                    new Feature(
                        extensions.serviceFeature(use.extension(), use.settings()),
                        call(service, use)))
            .toList();
    return new BalancedService(
        service,
        groups,
        checker,
        modifiers,
        features,
        admin,
        new Departures(loop, service.drainTimeout()));
  }

  private ServiceGroup group(
      Service service,
      Optional<Plan.Prefix> source,
      Configuration.Group group,
      BackendRules rules) {
    return new ServiceGroup(
        source,
        group.targets().stream()
            .map(
                target ->
                    new ResolvedTarget(
                        loop,
                        service.name(),
                        target,
                        extensions.targetResolver(
                            target.resolver().extension(), target.resolver().settings()),
                        rules,
                        () -> factsChanged.accept(service.name())))
            .toList());
  }

  private ExtensionCall call(Service service, Configuration.Use use) {
    return new ExtensionCall(
        loop, service.name(), use.extension().name(), () -> factsChanged.accept(service.name()));
  }
}
