package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.Plan;

/**
 * One backend in one target group.
 *
 * @param configuredWeight as the config says, or the backend's share of a resolved target's weight
 * @param effectiveWeight as the data plane has it now; 0 takes no new flows
 */
public record BackendSnapshot(
    Plan.Endpoint endpoint,
    double configuredWeight,
    double effectiveWeight,
    HealthSnapshot health) {

  /** {@code 10.0.0.1:8080}, the label of metrics and tables. */
  public String name() {
    return Endpoints.format(endpoint.address(), endpoint.port());
  }
}
