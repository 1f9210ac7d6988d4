package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;

/** Checks go on between plans: what a reader sees of health is as of now. */
final class Freshness {
  private Freshness() {}

  static ServiceSnapshot withHealth(ServiceSnapshot service, HealthMonitor health) {
    return new ServiceSnapshot(
        service.name(),
        service.listen(),
        service.protocol(),
        service.algorithm(),
        service.healthCheck(),
        withHealth(service.name(), service.group(), health),
        service.routes().stream().map(route -> withHealth(service.name(), route, health)).toList(),
        service.departing(),
        service.problems());
  }

  private static GroupSnapshot withHealth(
      String service, GroupSnapshot group, HealthMonitor health) {
    return new GroupSnapshot(
        group.source(),
        group.configuredInForce(),
        group.targets(),
        group.backends().stream().map(backend -> withHealth(service, backend, health)).toList());
  }

  private static BackendSnapshot withHealth(
      String service, BackendSnapshot backend, HealthMonitor health) {
    return backend.withHealth(health.health(new BackendKey(service, backend.endpoint())));
  }
}
