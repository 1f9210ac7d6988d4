package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Event;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionHost;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells plugins what changed, by comparing what is in force with what was before. Lives on the
 * reconciler's loop.
 */
final class EventSource {
  static final Duration FAILURES_PERIOD = Duration.ofSeconds(1);

  private final Loop loop;
  private final ExtensionHost extensions;
  private final Map<String, ServiceSnapshot> services = new HashMap<>();
  private Map<BackendKey, BackendCounters> counters = Map.of();

  EventSource(Loop loop, ExtensionHost extensions) {
    this.loop = loop;
    this.extensions = extensions;
  }

  /** Counts are only read while a plugin listens: reading those of 10,000 backends costs 41 ms. */
  void watchFailures(DataPlane dataPlane) {
    if (extensions.isWanted(Event.ConnectFailures.class)) {
      tellFailures(dataPlane.backendCounters());
    } else {
      counters = Map.of();
    }
    loop.after(FAILURES_PERIOD, () -> watchFailures(dataPlane));
  }

  private void tellFailures(Map<BackendKey, BackendCounters> now) {
    for (Map.Entry<BackendKey, BackendCounters> each : now.entrySet()) {
      BackendCounters before = counters.get(each.getKey());
      if (before == null) {
        continue;
      }
      long refused = each.getValue().refused() - before.refused();
      long unanswered = each.getValue().unanswered() - before.unanswered();
      if (refused > 0 || unanswered > 0) {
        Backend backend = backend(each.getKey().service(), each.getKey().endpoint());
        extensions.publish(
            new Event.ConnectFailures(
                loop.now(), backend, Math.max(0, refused), Math.max(0, unanswered)));
      }
    }
    counters = now;
  }

  /** Takes note of what is in force now. */
  void inForce(List<ServiceSnapshot> now) {
    Set<String> names = new HashSet<>();
    for (ServiceSnapshot service : now) {
      names.add(service.name());
      ServiceSnapshot before = services.put(service.name(), service);
      if (before != service) {
        tellBackends(
            service.name(), before == null ? Map.of() : backends(before), backends(service));
        tellDrains(
            service.name(), before == null ? Set.of() : departing(before), departing(service));
      }
    }
    for (String gone : List.copyOf(services.keySet())) {
      if (!names.contains(gone)) {
        ServiceSnapshot before = services.remove(gone);
        tellDrains(gone, departing(before), Set.of());
        tellBackends(gone, backends(before), Map.of());
      }
    }
  }

  private void tellBackends(
      String service,
      Map<Plan.Endpoint, BackendSnapshot> before,
      Map<Plan.Endpoint, BackendSnapshot> after) {
    Instant at = loop.now();
    before.forEach(
        (endpoint, old) -> {
          if (!after.containsKey(endpoint)) {
            extensions.publish(new Event.BackendRemoved(at, backend(service, endpoint)));
          }
        });
    after.forEach(
        (endpoint, backend) -> {
          Backend subject = backend(service, endpoint);
          BackendSnapshot old = before.get(endpoint);
          if (old == null) {
            extensions.publish(new Event.BackendAdded(at, subject, false));
          }
          boolean wasHealthy = old == null || old.isHealthy();
          if (backend.isHealthy() != wasHealthy) {
            extensions.publish(
                new Event.HealthChanged(
                    at, subject, backend.isHealthy(), backend.health().detail(), false));
          }
          double weight = old == null ? 0 : old.effectiveWeight();
          if (backend.effectiveWeight() != weight) {
            extensions.publish(
                new Event.WeightChanged(at, subject, weight, backend.effectiveWeight()));
          }
        });
  }

  private void tellDrains(String service, Set<Plan.Endpoint> before, Set<Plan.Endpoint> after) {
    for (Plan.Endpoint endpoint : after) {
      if (!before.contains(endpoint)) {
        extensions.publish(new Event.DrainStarted(loop.now(), backend(service, endpoint)));
      }
    }
    for (Plan.Endpoint endpoint : before) {
      if (!after.contains(endpoint)) {
        extensions.publish(new Event.DrainEnded(loop.now(), backend(service, endpoint)));
      }
    }
  }

  private static Map<Plan.Endpoint, BackendSnapshot> backends(ServiceSnapshot service) {
    Map<Plan.Endpoint, BackendSnapshot> backends = new LinkedHashMap<>();
    service.backends().forEach(backend -> backends.put(backend.endpoint(), backend));
    return backends;
  }

  /** Those that left and those that the operator drains. */
  private static Set<Plan.Endpoint> departing(ServiceSnapshot service) {
    Set<Plan.Endpoint> departing = new HashSet<>();
    service.departing().forEach(each -> departing.add(each.endpoint()));
    for (BackendSnapshot backend : service.backends()) {
      if (backend.drain().filter(drain -> drain.outcome().isEmpty()).isPresent()) {
        departing.add(backend.endpoint());
      }
    }
    return departing;
  }

  private static Backend backend(String service, Plan.Endpoint endpoint) {
    return Backend.of(service, endpoint.address(), endpoint.port());
  }
}
