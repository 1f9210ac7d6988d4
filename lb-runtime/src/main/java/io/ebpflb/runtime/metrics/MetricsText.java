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

  private final MultiCollector collector;

  public MetricsText(BalancerView balancer, CheckLatencies latencies) {
    this.collector = new BalancerCollector(balancer, latencies);
  }

  /**
   * @param accept the request's Accept header; empty if it has none
   * @return the content type of what was written
   */
  public String write(String accept, OutputStream out) throws IOException {
    ExpositionFormatWriter writer =
        MetricsFormat.of(accept) == MetricsFormat.OPEN_METRICS
            ? OpenMetricsTextFormatWriter.create()
            : PrometheusTextFormatWriter.create();
    writer.write(out, collector.collect());
    return writer.getContentType();
  }
}
