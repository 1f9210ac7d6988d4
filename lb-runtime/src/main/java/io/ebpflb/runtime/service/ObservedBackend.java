package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;

/** A backend as extensions see it. */
record ObservedBackend(
    Backend backend,
    double configuredWeight,
    boolean isReady,
    boolean isHealthy,
    long activeFlows,
    long openedFlows,
    long refusedConnections,
    long unansweredConnections,
    long answeredFlows)
    implements BackendView {

  static ObservedBackend of(
      Backend backend,
      double configuredWeight,
      boolean isReady,
      boolean isHealthy,
      BackendCounters counters) {
    return new ObservedBackend(
        backend,
        configuredWeight,
        isReady,
        isHealthy,
        counters.active(),
        counters.opened(),
        counters.refused(),
        counters.unanswered(),
        counters.answered());
  }
}
