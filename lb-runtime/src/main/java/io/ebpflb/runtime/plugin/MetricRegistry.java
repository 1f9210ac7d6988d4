package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.MetricFamily.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The metric families of all plugins. They outlive the plugins; their series do not. */
final class MetricRegistry {
  private static final String SNAKE_CASE = "[a-z][a-z0-9]*(_[a-z0-9]+)*";
  private static final int NAME_LENGTH_MAX = 128;
  private static final int LABELS_MAX = 10;

  /** Families of the runtime begin so: a plugin of such a name would write into them. */
  private static final Set<String> TAKEN_IDS =
      Set.of(
          "backend",
          "bytes",
          "connect",
          "connections",
          "drops",
          "flow",
          "handed",
          "health",
          "map",
          "packets",
          "plugin",
          "service",
          "targets");

  private final Map<String, SeriesTable> families = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException if there cannot be such a family
   */
  SeriesTable family(String pluginId, String name, String help, Type type, String... labels) {
    require(name.matches(SNAKE_CASE), "metric name \"" + name + "\" is not snake_case");
    require(
        !TAKEN_IDS.contains(pluginId.split("-")[0]),
        "metrics of the plugin \"" + pluginId + "\" would look like the balancer's own");
    require(labels.length <= LABELS_MAX, "more than " + LABELS_MAX + " labels");
    for (String label : labels) {
      require(
          label.matches(SNAKE_CASE) && !label.equals("le"),
          "metric label \"" + label + "\" is not possible");
    }
    require(
        new LinkedHashSet<>(Arrays.asList(labels)).size() == labels.length, "a label comes twice");
    String base = type == Type.COUNTER ? name.replaceFirst("_total$", "") : name;
    String full = "lb_" + pluginId.replace('-', '_') + "_" + base;
    require(full.length() <= NAME_LENGTH_MAX, "metric name \"" + full + "\" is too long");
    SeriesTable made = new SeriesTable(pluginId, full, FailureText.clip(help), type, labels);
    SeriesTable there = families.putIfAbsent(full, made);
    require(
        there == null || there.isLike(made),
        "metric \"" + full + "\" exists with another type, labels or owner");
    return there == null ? made : there;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Those that have series, sorted by name. */
  List<MetricFamily> read() {
    return families.values().stream()
        .map(SeriesTable::read)
        .filter(family -> !family.series().isEmpty())
        .sorted(Comparator.comparing(MetricFamily::name))
        .toList();
  }

  /** Drops the series that this owner was the last to change. */
  void forget(PluginMetrics owner) {
    families.values().forEach(family -> family.forget(owner));
  }
}
