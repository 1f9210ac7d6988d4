package io.ebpflb.runtime.metrics;

import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.plugin.MetricFamily.Series;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/** Families of plugins as the metrics library takes them. */
final class PluginFamilies {
  private PluginFamilies() {}

  static MetricSnapshot snapshot(MetricFamily family) {
    return switch (family.type()) {
      case COUNTER -> counter(family);
      case GAUGE -> gauge(family);
      case HISTOGRAM -> histogram(family);
    };
  }

  private static MetricSnapshot counter(MetricFamily family) {
    CounterSnapshot.Builder built =
        CounterSnapshot.builder().name(family.name()).help(family.help());
    for (Series series : family.series()) {
      built.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(labels(family, series))
              .value(series.value())
              .build());
    }
    return built.build();
  }

  private static MetricSnapshot gauge(MetricFamily family) {
    GaugeSnapshot.Builder built = GaugeSnapshot.builder().name(family.name()).help(family.help());
    for (Series series : family.series()) {
      built.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(labels(family, series))
              .value(series.value())
              .build());
    }
    return built.build();
  }

  private static MetricSnapshot histogram(MetricFamily family) {
    HistogramSnapshot.Builder built =
        HistogramSnapshot.builder().name(family.name()).help(family.help());
    for (Series series : family.series()) {
      built.dataPoint(
          HistogramSnapshot.HistogramDataPointSnapshot.builder()
              .labels(labels(family, series))
              .classicHistogramBuckets(
                  ClassicHistogramBuckets.of(MetricFamily.BOUNDS_SECONDS, series.buckets()))
              .sum(series.value())
              .build());
    }
    return built.build();
  }

  private static Labels labels(MetricFamily family, Series series) {
    return Labels.of(family.labels(), series.labelValues());
  }
}
