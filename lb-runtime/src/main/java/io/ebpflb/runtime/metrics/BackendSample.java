package io.ebpflb.runtime.metrics;

import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.service.BackendSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One backend at the time of the scrape.
 *
 * @param labels service and backend, the brace still open
 * @param snapshot empty for a departing backend
 * @param latency empty if it was never checked
 */
record BackendSample(
    byte[] labels,
    Optional<BackendSnapshot> snapshot,
    BackendCounters counters,
    Optional<LatencyHistogram.Reading> latency) {

  static byte[] labels(String service, String backend) {
    return ("{service=\"" + escape(service) + "\",backend=\"" + escape(backend) + "\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
