package io.ebpflb.runtime.metrics;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The metric families that do not grow with the number of backends. */
final class BalancerCollector implements MultiCollector {

  private final BalancerView balancer;

  BalancerCollector(BalancerView balancer) {
    this.balancer = balancer;
  }

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(up());
    all.add(info());
    all.add(failingTargets());
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
    balancer.pluginMetrics().forEach(family -> all.add(PluginFamilies.snapshot(family)));
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

  private MetricSnapshot failingTargets() {
    GaugeSnapshot.Builder family =
        GaugeSnapshot.builder()
            .name("lb_targets_failing")
            .help("Targets whose last resolution was not taken, or not all of it");
    for (ServiceSnapshot service : balancer.services()) {
      long failing =
          Stream.concat(Stream.of(service.group()), service.routes().stream())
              .flatMap(group -> group.targets().stream())
              .filter(target -> target.problem().isPresent())
              .count();
      family.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(Labels.of("service", service.name()))
              .value(failing)
              .build());
    }
    return family.build();
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
