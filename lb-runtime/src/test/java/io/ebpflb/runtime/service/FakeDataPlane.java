package io.ebpflb.runtime.service;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.dataplane.FlowQuery;
import io.ebpflb.runtime.dataplane.Plan;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what was applied, and refuses when told to. */
final class FakeDataPlane implements DataPlane {
  final List<Plan> applied = new CopyOnWriteArrayList<>();
  final Map<BackendKey, BackendCounters> counters = new ConcurrentHashMap<>();
  final List<FlowQuery> removed = new CopyOnWriteArrayList<>();
  volatile RuntimeException refusal;
  volatile int attempts;

  @Override
  public void apply(Plan plan) {
    attempts++;
    if (refusal != null) {
      throw refusal;
    }
    applied.add(plan);
  }

  Plan inForce() {
    return applied.get(applied.size() - 1);
  }

  void activeFlows(String service, Plan.Endpoint endpoint, long active) {
    counters.put(
        new BackendKey(service, endpoint), new BackendCounters(0, 0, 0, 0, 0, active, 0, 0, 0));
  }

  @Override
  public void awaitLoaded() {}

  @Override
  public Map<BackendKey, BackendCounters> backendCounters() {
    return Map.copyOf(counters);
  }

  @Override
  public Map<String, Long> drops() {
    return Map.of();
  }

  @Override
  public Map<String, Long> handedToStack() {
    return Map.of();
  }

  @Override
  public Map<String, Long> flowTableEvents() {
    return Map.of();
  }

  @Override
  public FlowList flows(FlowQuery query, int limit) {
    return new FlowList(List.of(), 0);
  }

  @Override
  public long removeFlows(FlowQuery query) {
    removed.add(query);
    return 1;
  }

  @Override
  public TableSize tableSize() {
    return TableSize.BEST;
  }

  @Override
  public List<MapUsage> mapUsage() {
    return List.of();
  }

  @Override
  public String description() {
    return "fake";
  }

  @Override
  public void close() {}
}
