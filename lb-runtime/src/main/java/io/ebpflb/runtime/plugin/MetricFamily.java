package io.ebpflb.runtime.plugin;

import java.util.List;

/**
 * A metric family of a plugin as of now.
 *
 * @param name in full, a counter's without {@code _total}
 */
public record MetricFamily(
    String name, String help, Type type, List<String> labels, List<Series> series) {

  /** What its numbers mean. */
  public enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /** Upper bounds of a histogram's buckets, in seconds, the last one infinite. */
  public static final List<Double> BOUNDS_SECONDS =
      List.of(
          0.0005,
          0.001,
          0.0025,
          0.005,
          0.01,
          0.025,
          0.05,
          0.1,
          0.25,
          0.5,
          1.0,
          2.5,
          5.0,
          Double.POSITIVE_INFINITY);

  /** The bucket that counts an observation. */
  public static int bucketOf(double seconds) {
    int index = 0;
    while (seconds > BOUNDS_SECONDS.get(index)) {
      index++;
    }
    return index;
  }

  /**
   * @param labelValues in the order of the family's labels
   * @param value of a counter or gauge; the sum of a histogram
   * @param buckets of a histogram, each alone and not cumulative; empty for others
   */
  public record Series(List<String> labelValues, double value, List<Long> buckets) {}
}
