package io.ebpflb.testing;

import io.ebpflb.api.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Metrics that a test can read; of histograms the number of observations. */
public final class RecordedMetrics implements Metrics {
  private final Map<List<String>, Double> values = new ConcurrentHashMap<>();

  /**
   * @param name as the plugin gave it
   */
  public Optional<Double> find(String name, String... labelValues) {
    return Optional.ofNullable(values.get(key(name, labelValues)));
  }

  @Override
  public Counter counter(String name, String help, String... labels) {
    return (amount, labelValues) ->
        values.merge(key(name, checked(labels, labelValues)), amount, Double::sum);
  }

  @Override
  public Gauge gauge(String name, String help, String... labels) {
    return new Gauge() {
      @Override
      public void set(double value, String... labelValues) {
        values.put(key(name, checked(labels, labelValues)), value);
      }

      @Override
      public void remove(String... labelValues) {
        values.remove(key(name, checked(labels, labelValues)));
      }
    };
  }

  @Override
  public Histogram histogram(String name, String help, String... labels) {
    return (seconds, labelValues) ->
        values.merge(key(name, checked(labels, labelValues)), 1.0, Double::sum);
  }

  private static String[] checked(String[] labels, String[] labelValues) {
    if (labels.length != labelValues.length) {
      throw new IllegalArgumentException(labelValues.length + " values of " + labels.length);
    }
    return labelValues;
  }

  private static List<String> key(String name, String[] labelValues) {
    String[] all = Arrays.copyOf(new String[] {name}, labelValues.length + 1);
    System.arraycopy(labelValues, 0, all, 1, labelValues.length);
    return List.of(all);
  }
}
