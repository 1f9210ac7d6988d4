package io.ebpflb.runtime.metrics;

import io.ebpflb.runtime.service.BalancerView;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.IOException;
import java.io.OutputStream;

/**
 * All metrics as text. Reads the balancer on the caller's thread and takes tens of milliseconds for
 * thousands of backends. Loading it loads the metrics library, so make it when first needed.
 */
public final class MetricsText {

  private final BackendSamples backends;
  private final MultiCollector collector;

  public MetricsText(BalancerView balancer, CheckLatencies latencies) {
    this.backends = new BackendSamples(balancer, latencies);
    this.collector = new BalancerCollector(balancer);
  }

  /**
   * @param accept the request's Accept header; empty if it has none
   * @return the content type of what was written
   */
  public String write(String accept, OutputStream out) throws IOException {
    MetricsFormat format = MetricsFormat.of(accept);
    ExpositionFormatWriter writer =
        format == MetricsFormat.OPEN_METRICS
            ? OpenMetricsTextFormatWriter.create()
            : PrometheusTextFormatWriter.create();
    // The library writes last, since it marks the end of an OpenMetrics text.
    new BackendFamilies(backends.read(), format, out).write();
    writer.write(out, collector.collect());
    return writer.getContentType();
  }
}
