package io.ebpflb.runtime.bench.checks;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.dataplane.FlowQuery;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The real one, with a note of since when a backend has no weight there. */
final class WatchedDataPlane implements DataPlane {
  private final DataPlane dataPlane;
  private final Map<Plan.Endpoint, Instant> out = new ConcurrentHashMap<>();

  /** Those of the plan before, as they are: to look at all takes longer than what is measured. */
  private Set<Plan.Service> seen = Set.of();

  WatchedDataPlane(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** When the backend was out of the tables in the kernel; empty if it is not. */
  Optional<Instant> outSince(Plan.Endpoint backend) {
    return Optional.ofNullable(out.get(backend));
  }

  @Override
  public void apply(Plan plan) {
    dataPlane.apply(plan);
    Instant now = Instant.now();
    Set<Plan.Service> services = Collections.newSetFromMap(new IdentityHashMap<>());
    services.addAll(plan.services());
    for (Plan.Service service : services) {
      if (seen.contains(service)) {
        continue;
      }
      for (Plan.Weighted backend : service.group().backends()) {
        if (backend.weight() == 0) {
          out.putIfAbsent(backend.endpoint(), now);
        } else {
          out.remove(backend.endpoint());
        }
      }
    }
    seen = services;
  }

  @Override
  public void awaitLoaded() {
    dataPlane.awaitLoaded();
  }

  @Override
  public Map<BackendKey, BackendCounters> backendCounters() {
    return dataPlane.backendCounters();
  }

  @Override
  public Map<BackendKey, BackendCounters> backendCounters(Collection<BackendKey> backends) {
    return dataPlane.backendCounters(backends);
  }

  @Override
  public Map<String, Long> drops() {
    return dataPlane.drops();
  }

  @Override
  public Map<String, Long> handedToStack() {
    return dataPlane.handedToStack();
  }

  @Override
  public Map<String, Long> flowTableEvents() {
    return dataPlane.flowTableEvents();
  }

  @Override
  public FlowList flows(FlowQuery query, int limit) {
    return dataPlane.flows(query, limit);
  }

  @Override
  public long removeFlows(FlowQuery query) {
    return dataPlane.removeFlows(query);
  }

  @Override
  public TableSize tableSize() {
    return dataPlane.tableSize();
  }

  @Override
  public List<MapUsage> mapUsage() {
    return dataPlane.mapUsage();
  }

  @Override
  public String description() {
    return dataPlane.description();
  }

  @Override
  public void close() {
    dataPlane.close();
  }
}
