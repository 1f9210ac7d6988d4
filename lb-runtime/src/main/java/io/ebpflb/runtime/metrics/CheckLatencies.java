package io.ebpflb.runtime.metrics;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.runtime.service.CheckObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Health check latencies of each backend since it was first checked. Any thread. Backends that left
 * are forgotten when the metrics are next read.
 */
public final class CheckLatencies implements CheckObserver {

  /** More than the data plane can hold; reached only if backends change and nobody reads. */
  private static final int BACKENDS_MAX = 100_000;

  private final Map<Backend, LatencyHistogram> histograms = new ConcurrentHashMap<>();

  @Override
  public void checked(Backend backend, CheckResult result, Duration latency) {
    LatencyHistogram histogram = histograms.get(backend);
    if (histogram == null) {
      if (histograms.size() >= BACKENDS_MAX) {
        histograms.clear();
      }
      histogram = histograms.computeIfAbsent(backend, ignored -> new LatencyHistogram());
    }
    histogram.record(latency);
  }

  Optional<LatencyHistogram.Reading> find(Backend backend) {
    return Optional.ofNullable(histograms.get(backend)).map(LatencyHistogram::read);
  }

  void retain(Set<Backend> present) {
    histograms.keySet().retainAll(present);
  }
}
