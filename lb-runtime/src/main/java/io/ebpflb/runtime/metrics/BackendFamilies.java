package io.ebpflb.runtime.metrics;

import static io.ebpflb.runtime.metrics.SampleWriter.ascii;

import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.metrics.LatencyHistogram.Reading;
import io.ebpflb.runtime.service.BackendSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The metric families with a sample for each backend, more than a hundred thousand lines for ten
 * thousand backends: written straight as text.
 */
final class BackendFamilies {

  private static final byte[] CLOSE = ascii("} ");

  private final List<BackendSample> backends;
  private final MetricsFormat format;
  private final SampleWriter writer;

  BackendFamilies(List<BackendSample> backends, MetricsFormat format, OutputStream out) {
    this.backends = backends;
    this.format = format;
    this.writer = new SampleWriter(out);
  }

  void write() throws IOException {
    head("lb_connections_active", "gauge", "Flows being tracked now");
    counts("lb_connections_active", "", BackendCounters::active);

    counter("lb_connections", "Flows opened towards the backend");
    counts("lb_connections_total", "", BackendCounters::opened);

    counter("lb_bytes", "Bytes of IP packets, in: towards the backend, out: from it");
    counts("lb_bytes_total", ",direction=\"in\"", BackendCounters::bytesIn);
    counts("lb_bytes_total", ",direction=\"out\"", BackendCounters::bytesOut);

    counter("lb_packets", "Packets, in: towards the backend, out: from it");
    counts("lb_packets_total", ",direction=\"in\"", BackendCounters::packetsIn);
    counts("lb_packets_total", ",direction=\"out\"", BackendCounters::packetsOut);

    counter("lb_connect_failures", "TCP connections that the backend refused or left unanswered");
    counts("lb_connect_failures_total", ",kind=\"refused\"", BackendCounters::refused);
    counts("lb_connect_failures_total", ",kind=\"unanswered\"", BackendCounters::unanswered);

    head(
        "lb_backend_health",
        "gauge",
        "0 while health checks keep the backend out, else 1, also before the first verdict and"
            + " without checks");
    states("lb_backend_health", "", backend -> backend.health().isHealthy() ? 1 : 0);

    head(
        "lb_backend_weight",
        "gauge",
        "Weight as the config says and as it is in force; 0 takes no new flows");
    states("lb_backend_weight", ",kind=\"configured\"", BackendSnapshot::configuredWeight);
    states("lb_backend_weight", ",kind=\"effective\"", BackendSnapshot::effectiveWeight);

    head("lb_health_check_latency_seconds", "histogram", "How long health checks took");
    latencies("lb_health_check_latency_seconds");
    writer.flush();
  }

  /** OpenMetrics names the family without the suffix of its samples. */
  private void counter(String base, String help) throws IOException {
    head(format == MetricsFormat.OPEN_METRICS ? base : base + "_total", "counter", help);
  }

  private void head(String family, String type, String help) throws IOException {
    writer.put(ascii("# HELP " + family + " " + help + "\n# TYPE " + family + " " + type + "\n"));
  }

  private void counts(String name, String label, ToLongFunction<BackendCounters> count)
      throws IOException {
    byte[] start = ascii(name);
    byte[] end = ascii(label + "} ");
    for (BackendSample backend : backends) {
      writer.put(start).put(backend.labels()).put(end);
      writer.value(count.applyAsLong(backend.counters()));
    }
  }

  private void states(String name, String label, ToDoubleFunction<BackendSnapshot> state)
      throws IOException {
    byte[] start = ascii(name);
    byte[] end = ascii(label + "} ");
    for (BackendSample backend : backends) {
      if (backend.snapshot().isPresent()) {
        writer.put(start).put(backend.labels()).put(end);
        writer.value(state.applyAsDouble(backend.snapshot().get()));
      }
    }
  }

  private void latencies(String name) throws IOException {
    byte[] bucket = ascii(name + "_bucket");
    byte[] count = ascii(name + "_count");
    byte[] sum = ascii(name + "_sum");
    byte[][] bounds =
        LatencyHistogram.UPPER_BOUNDS_SECONDS.stream()
            .map(bound -> ascii(",le=\"" + (bound.isInfinite() ? "+Inf" : bound) + "\"} "))
            .toArray(byte[][]::new);
    for (BackendSample backend : backends) {
      if (backend.latency().isPresent()) {
        Reading reading = backend.latency().get();
        long cumulative = 0;
        for (int i = 0; i < bounds.length; i++) {
          cumulative += reading.counts()[i];
          writer.put(bucket).put(backend.labels()).put(bounds[i]).value(cumulative);
        }
        writer.put(count).put(backend.labels()).put(CLOSE).value(cumulative);
        writer.put(sum).put(backend.labels()).put(CLOSE).value(reading.sumSeconds());
      }
    }
  }
}
