package io.ebpflb.runtime.metrics;

import io.ebpflb.api.Backend;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The samples of backends as the metrics library writes them: what our own writing must equal. */
final class ReferenceFamilies {

  private static final Exemplar NO_EXEMPLAR = null;

  private final List<GaugeDataPointSnapshot> active = new ArrayList<>();
  private final List<CounterDataPointSnapshot> total = new ArrayList<>();
  private final List<CounterDataPointSnapshot> bytes = new ArrayList<>();
  private final List<CounterDataPointSnapshot> packets = new ArrayList<>();
  private final List<CounterDataPointSnapshot> failures = new ArrayList<>();
  private final List<GaugeDataPointSnapshot> health = new ArrayList<>();
  private final List<GaugeDataPointSnapshot> weight = new ArrayList<>();
  private final List<HistogramDataPointSnapshot> latency = new ArrayList<>();

  static MetricSnapshots of(BalancerView balancer, CheckLatencies latencies) {
    ReferenceFamilies families = new ReferenceFamilies();
    Map<BackendKey, BackendCounters> counters = balancer.dataPlane().backendCounters();
    for (ServiceSnapshot service : balancer.services()) {
      for (BackendSnapshot backend : service.backends()) {
        Plan.Endpoint endpoint = backend.endpoint();
        Labels labels = Labels.of("service", service.name(), "backend", backend.name());
        families.state(labels, backend);
        families.traffic(
            labels,
            counters.getOrDefault(new BackendKey(service.name(), endpoint), BackendCounters.ZERO));
        latencies
            .find(Backend.of(service.name(), endpoint.address(), endpoint.port()))
            .ifPresent(reading -> families.latency(labels, reading));
      }
    }
    return new MetricSnapshots(families.snapshots());
  }

  private void traffic(Labels backend, BackendCounters counters) {
    active.add(gauge(counters.active(), backend));
    total.add(counter(counters.opened(), backend));
    Labels in = backend.add("direction", "in");
    Labels out = backend.add("direction", "out");
    bytes.add(counter(counters.bytesIn(), in));
    bytes.add(counter(counters.bytesOut(), out));
    packets.add(counter(counters.packetsIn(), in));
    packets.add(counter(counters.packetsOut(), out));
    failures.add(counter(counters.refused(), backend.add("kind", "refused")));
    failures.add(counter(counters.unanswered(), backend.add("kind", "unanswered")));
  }

  private void state(Labels backend, BackendSnapshot snapshot) {
    health.add(gauge(snapshot.health().isHealthy() ? 1 : 0, backend));
    weight.add(gauge(snapshot.configuredWeight(), backend.add("kind", "configured")));
    weight.add(gauge(snapshot.effectiveWeight(), backend.add("kind", "effective")));
  }

  private void latency(Labels backend, LatencyHistogram.Reading reading) {
    latency.add(
        new HistogramDataPointSnapshot(
            ClassicHistogramBuckets.of(
                LatencyHistogram.UPPER_BOUNDS_SECONDS.stream().mapToDouble(each -> each).toArray(),
                reading.counts()),
            reading.sumSeconds(),
            backend,
            Exemplars.EMPTY,
            0));
  }

  private List<MetricSnapshot> snapshots() {
    return List.of(
        new GaugeSnapshot(metadata("lb_connections_active", "Flows being tracked now"), active),
        new CounterSnapshot(metadata("lb_connections", "Flows opened towards the backend"), total),
        new CounterSnapshot(
            metadata("lb_bytes", "Bytes of IP packets, in: towards the backend, out: from it"),
            bytes),
        new CounterSnapshot(
            metadata("lb_packets", "Packets, in: towards the backend, out: from it"), packets),
        new CounterSnapshot(
            metadata(
                "lb_connect_failures",
                "TCP connections that the backend refused or left unanswered"),
            failures),
        new GaugeSnapshot(
            metadata(
                "lb_backend_health",
                "0 while health checks keep the backend out, else 1, also before the first verdict"
                    + " and without checks"),
            health),
        new GaugeSnapshot(
            metadata(
                "lb_backend_weight",
                "Weight as the config says and as it is in force; 0 takes no new flows"),
            weight),
        new HistogramSnapshot(
            metadata("lb_health_check_latency_seconds", "How long health checks took"), latency));
  }

  private static MetricMetadata metadata(String name, String help) {
    return new MetricMetadata(name, help);
  }

  private static GaugeDataPointSnapshot gauge(double value, Labels labels) {
    return new GaugeDataPointSnapshot(value, labels, NO_EXEMPLAR);
  }

  private static CounterDataPointSnapshot counter(double value, Labels labels) {
    return new CounterDataPointSnapshot(value, labels, NO_EXEMPLAR, 0);
  }
}
