package io.ebpflb.runtime.metrics;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the balancer when the metrics are asked for; nothing is kept in between but check
 * latencies, so a backend that left takes its series along.
 */
final class BalancerCollector implements MultiCollector {

  private final BalancerView balancer;
  private final CheckLatencies latencies;

  BalancerCollector(BalancerView balancer, CheckLatencies latencies) {
    this.balancer = balancer;
    this.latencies = latencies;
  }

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(up());
    all.add(info());
    all.addAll(backends());
    DataPlane dataPlane = balancer.dataPlane();
    all.add(counts("lb_drops", "Packets dropped", "reason", dataPlane.drops()));
    all.add(
        counts(
            "lb_handed_to_stack",
            "Packets handed to the network stack",
            "reason",
            dataPlane.handedToStack()));
    all.add(
        counts(
            "lb_flow_table_events",
            "What happened in the flow table",
            "event",
            dataPlane.flowTableEvents()));
    all.addAll(maps(dataPlane.mapUsage()));
    return new MetricSnapshots(all);
  }

  private MetricSnapshot up() {
    return GaugeSnapshot.builder()
        .name("lb_up")
        .help("1 while packets are being forwarded by a plan, else 0")
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(balancer.isForwarding() ? 1 : 0)
                .build())
        .build();
  }

  private MetricSnapshot info() {
    return InfoSnapshot.builder()
        .name("lb")
        .help("The running balancer")
        .dataPoint(
            InfoSnapshot.InfoDataPointSnapshot.builder()
                .labels(Labels.of("version", balancer.version()))
                .build())
        .build();
  }

  private List<MetricSnapshot> backends() {
    BackendFamilies families = new BackendFamilies();
    Set<Backend> present = new HashSet<>();
    Map<BackendKey, BackendCounters> counters = balancer.dataPlane().backendCounters();
    for (ServiceSnapshot service : balancer.services()) {
      for (BackendSnapshot backend : service.backends()) {
        Plan.Endpoint endpoint = backend.endpoint();
        Labels labels = labels(service.name(), backend.name());
        families.state(labels, backend);
        families.traffic(labels, find(counters, service, endpoint));
        Backend key = Backend.of(service.name(), endpoint.address(), endpoint.port());
        latencies.find(key).ifPresent(reading -> families.latency(labels, reading));
        present.add(key);
      }
      for (Plan.Endpoint left : service.departing()) {
        if (present.add(Backend.of(service.name(), left.address(), left.port()))) {
          Labels labels = labels(service.name(), Endpoints.format(left.address(), left.port()));
          families.traffic(labels, find(counters, service, left));
        }
      }
    }
    latencies.retain(present);
    return families.snapshots();
  }

  private static BackendCounters find(
      Map<BackendKey, BackendCounters> counters, ServiceSnapshot service, Plan.Endpoint endpoint) {
    return counters.getOrDefault(new BackendKey(service.name(), endpoint), BackendCounters.ZERO);
  }

  private static Labels labels(String service, String backend) {
    return Labels.of("service", service, "backend", backend);
  }

  private static MetricSnapshot counts(
      String name, String help, String label, Map<String, Long> counts) {
    CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
    counts.forEach(
        (key, count) ->
            family.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of(label, key))
                    .value(count)
                    .build()));
    return family.build();
  }

  private static List<MetricSnapshot> maps(List<MapUsage> usage) {
    GaugeSnapshot.Builder entries =
        GaugeSnapshot.builder().name("lb_map_entries").help("Entries in use of a bounded table");
    GaugeSnapshot.Builder capacity =
        GaugeSnapshot.builder().name("lb_map_capacity").help("Entries that a bounded table holds");
    for (MapUsage map : usage) {
      Labels labels = Labels.of("map", map.map());
      entries.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(labels)
              .value(map.entries())
              .build());
      capacity.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(labels)
              .value(map.capacity())
              .build());
    }
    return List.of(entries.build(), capacity.build());
  }
}
