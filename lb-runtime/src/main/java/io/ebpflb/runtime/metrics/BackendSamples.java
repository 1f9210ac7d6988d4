package io.ebpflb.runtime.metrics;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.DepartingSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads all backends of the balancer. Nothing is kept from one reading to the next but check
 * latencies, and those only of backends that are still there.
 */
final class BackendSamples {

  private final BalancerView balancer;
  private final CheckLatencies latencies;

  BackendSamples(BalancerView balancer, CheckLatencies latencies) {
    this.balancer = balancer;
    this.latencies = latencies;
  }

  List<BackendSample> read() {
    List<BackendSample> samples = new ArrayList<>();
    Set<Backend> present = new HashSet<>();
    Map<BackendKey, BackendCounters> counters = balancer.dataPlane().backendCounters();
    for (ServiceSnapshot service : balancer.services()) {
      for (BackendSnapshot backend : service.backends()) {
        samples.add(sample(service, backend.endpoint(), Optional.of(backend), counters, present));
      }
      for (DepartingSnapshot departing : service.departing()) {
        if (!present.contains(key(service, departing.endpoint()))) {
          samples.add(sample(service, departing.endpoint(), Optional.empty(), counters, present));
        }
      }
    }
    latencies.retain(present);
    return samples;
  }

  private BackendSample sample(
      ServiceSnapshot service,
      Plan.Endpoint endpoint,
      Optional<BackendSnapshot> snapshot,
      Map<BackendKey, BackendCounters> counters,
      Set<Backend> present) {
    Backend key = key(service, endpoint);
    present.add(key);
    return new BackendSample(
        BackendSample.labels(service.name(), Endpoints.format(endpoint.address(), endpoint.port())),
        snapshot,
        counters.getOrDefault(new BackendKey(service.name(), endpoint), BackendCounters.ZERO),
        snapshot.isPresent() ? latencies.find(key) : Optional.empty());
  }

  private static Backend key(ServiceSnapshot service, Plan.Endpoint endpoint) {
    return Backend.of(service.name(), endpoint.address(), endpoint.port());
  }
}
