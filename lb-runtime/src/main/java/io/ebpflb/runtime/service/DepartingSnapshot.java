package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.Plan;

/** A backend that left every group of its service and whose flows may still go on. */
public record DepartingSnapshot(Plan.Endpoint endpoint, DrainSnapshot drain) {

  /** {@code 10.0.0.1:8080}, the label of metrics and tables. */
  public String name() {
    return Endpoints.format(endpoint.address(), endpoint.port());
  }
}
