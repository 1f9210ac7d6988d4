package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Metrics;
import io.ebpflb.runtime.plugin.MetricFamily.Type;
import java.util.concurrent.atomic.AtomicInteger;

/** The metrics of one plugin, as long as it lives. */
final class PluginMetrics implements Metrics {
  static final int SERIES_MAX = 20_000;

  private final String pluginId;
  private final MetricRegistry registry;
  private final AtomicInteger series = new AtomicInteger();
  private volatile boolean closed;

  PluginMetrics(String pluginId, MetricRegistry registry) {
    this.pluginId = pluginId;
    this.registry = registry;
  }

  @Override
  public Counter counter(String name, String help, String... labels) {
    SeriesTable family = registry.family(pluginId, name, help, Type.COUNTER, labels);
    return (amount, labelValues) -> family.add(this, amount, labelValues);
  }

  @Override
  public Gauge gauge(String name, String help, String... labels) {
    SeriesTable family = registry.family(pluginId, name, help, Type.GAUGE, labels);
    return new Gauge() {
      @Override
      public void set(double value, String... labelValues) {
        family.set(PluginMetrics.this, value, labelValues);
      }

      @Override
      public void remove(String... labelValues) {
        family.remove(PluginMetrics.this, labelValues);
      }
    };
  }

  @Override
  public Histogram histogram(String name, String help, String... labels) {
    SeriesTable family = registry.family(pluginId, name, help, Type.HISTOGRAM, labels);
    return (seconds, labelValues) -> family.observe(this, seconds, labelValues);
  }

  /** Whether there is room for one more series; takes it. */
  boolean mayAddSeries() {
    if (closed || series.incrementAndGet() > SERIES_MAX) {
      series.decrementAndGet();
      return false;
    }
    return true;
  }

  void seriesRemoved() {
    series.decrementAndGet();
  }

  void close() {
    closed = true;
    registry.forget(this);
  }
}
