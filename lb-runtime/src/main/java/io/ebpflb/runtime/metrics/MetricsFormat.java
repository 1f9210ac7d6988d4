package io.ebpflb.runtime.metrics;

import java.util.Locale;

/**
 * The text formats on offer. The library's own choice answers a protobuf Accept header with a
 * writer that throws, so the choice is made here.
 */
enum MetricsFormat {
  PROMETHEUS("text/plain"),
  OPEN_METRICS("application/openmetrics-text");

  private final String mediaType;

  MetricsFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** OpenMetrics if the client names it and likes it at least as much as plain text. */
  static MetricsFormat of(String accept) {
    double openMetrics = quality(accept, OPEN_METRICS.mediaType);
    return openMetrics > 0 && openMetrics >= quality(accept, PROMETHEUS.mediaType)
        ? OPEN_METRICS
        : PROMETHEUS;
  }

  /** The highest {@code q} (RFC 9110 section 12.4.2) that the header gives this type; 0 if none. */
  private static double quality(String accept, String mediaType) {
    double best = 0;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
      String[] parts = range.split(";");
      if (parts.length > 0 && parts[0].strip().equals(mediaType)) {
        best = Math.max(best, quality(parts));
      }
    }
    return best;
  }

  private static double quality(String[] parts) {
    for (String part : parts) {
      String parameter = part.strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException malformed) {
          return 0;
        }
      }
    }
    return 1;
  }
}
