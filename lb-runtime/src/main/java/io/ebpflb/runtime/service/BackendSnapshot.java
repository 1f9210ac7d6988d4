package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.Plan;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One backend in one target group.
 *
 * @param configuredWeight as the config says, or the backend's share of a resolved target's weight
 * @param weightOverride what the operator has put in place of the configured weight
 * @param effectiveWeight as the data plane has it now; 0 takes no new flows
 * @param adminState what the operator wants of it
 * @param forcedHealth what the operator says of its health, above its checks
 * @param drain of a backend that is in drain or maintenance since this start of the balancer
 * @param check how it is checked; empty: not at all
 * @param health what its checks say
 */
public record BackendSnapshot(
    Plan.Endpoint endpoint,
    double configuredWeight,
    OptionalDouble weightOverride,
    double effectiveWeight,
    AdminState adminState,
    ForcedHealth forcedHealth,
    Optional<DrainSnapshot> drain,
    Optional<HealthCheck> check,
    HealthSnapshot health) {

  /** A backend that no operator has touched. */
  public static BackendSnapshot untouched(
      Plan.Endpoint endpoint,
      double configuredWeight,
      double effectiveWeight,
      HealthSnapshot health) {
    return new BackendSnapshot(
        endpoint,
        configuredWeight,
        OptionalDouble.empty(),
        effectiveWeight,
        AdminState.READY,
        ForcedHealth.AUTO,
        Optional.empty(),
        Optional.empty(),
        health);
  }

  /** The same with other health. */
  BackendSnapshot withHealth(HealthSnapshot other) {
    return new BackendSnapshot(
        endpoint,
        configuredWeight,
        weightOverride,
        effectiveWeight,
        adminState,
        forcedHealth,
        drain,
        check,
        other);
  }

  /** Its operational state: what its checks say, unless the operator says otherwise. */
  public boolean isHealthy() {
    return isHealthy(forcedHealth, health);
  }

  static boolean isHealthy(ForcedHealth forced, HealthSnapshot health) {
    return forced == ForcedHealth.AUTO ? health.isHealthy() : forced == ForcedHealth.UP;
  }

  /** {@code 10.0.0.1:8080}, the label of metrics and tables. */
  public String name() {
    return Endpoints.format(endpoint.address(), endpoint.port());
  }
}
