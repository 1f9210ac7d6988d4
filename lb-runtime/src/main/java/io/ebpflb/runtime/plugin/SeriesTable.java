package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.MetricFamily.Series;
import io.ebpflb.runtime.plugin.MetricFamily.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** One family and its series, each belonging to the plugin generation that changed it last. */
final class SeriesTable {
  private final String pluginId;
  private final String name;
  private final String help;
  private final Type type;
  private final List<String> labels;
  private final Map<List<String>, Cell> cells = new ConcurrentHashMap<>();

  SeriesTable(String pluginId, String name, String help, Type type, String... labels) {
    this.pluginId = pluginId;
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = List.of(labels);
  }

  boolean isLike(SeriesTable other) {
    return type == other.type && labels.equals(other.labels) && pluginId.equals(other.pluginId);
  }

  void add(PluginMetrics owner, double amount, String... labelValues) {
    if (!(amount >= 0)) {
      throw new IllegalArgumentException("a counter cannot grow by " + amount);
    }
    change(owner, labelValues, cell -> cell.value += amount);
  }

  void set(PluginMetrics owner, double value, String... labelValues) {
    change(owner, labelValues, cell -> cell.value = value);
  }

  void observe(PluginMetrics owner, double seconds, String... labelValues) {
    int bucket = MetricFamily.bucketOf(seconds);
    change(
        owner,
        labelValues,
        cell -> {
          cell.value += seconds;
          cell.buckets[bucket]++;
        });
  }

  /** One that the next generation has changed since is that one's. */
  void remove(PluginMetrics owner, String... labelValues) {
    cells.computeIfPresent(
        key(labelValues),
        (key, cell) -> {
          synchronized (cell) {
            if (cell.owner != owner) {
              return cell;
            }
            owner.seriesRemoved();
            return null;
          }
        });
  }

  void forget(PluginMetrics owner) {
    for (Iterator<Cell> all = cells.values().iterator(); all.hasNext(); ) {
      Cell cell = all.next();
      synchronized (cell) {
        if (cell.owner == owner) {
          all.remove();
        }
      }
    }
  }

  MetricFamily read() {
    List<Series> series = new ArrayList<>();
    cells.forEach((labelValues, cell) -> series.add(cell.read(labelValues)));
    return new MetricFamily(name, help, type, labels, List.copyOf(series));
  }

  private interface Change {
    void apply(Cell cell);
  }

  private void change(PluginMetrics owner, String[] labelValues, Change change) {
    List<String> key = key(labelValues);
    Cell cell = cells.get(key);
    if (cell == null) {
      if (!owner.mayAddSeries()) {
        return;
      }
      cell = cells.computeIfAbsent(key, added -> new Cell(type));
    }
    synchronized (cell) {
      cell.owner = owner;
      change.apply(cell);
    }
  }

  private List<String> key(String[] labelValues) {
    if (labelValues.length != labels.size()) {
      throw new IllegalArgumentException(
          name + " has " + labels.size() + " labels, not " + labelValues.length);
    }
    return Arrays.stream(labelValues)
        .map(value -> FailureText.clip(Objects.requireNonNull(value, "label value")))
        .toList();
  }

  private static final class Cell {
    private final long[] buckets;
    private double value;
    private PluginMetrics owner;

    private Cell(Type type) {
      buckets = new long[type == Type.HISTOGRAM ? MetricFamily.BOUNDS_SECONDS.size() : 0];
    }

    private synchronized Series read(List<String> labelValues) {
      return new Series(labelValues, value, Arrays.stream(buckets).boxed().toList());
    }
  }
}
