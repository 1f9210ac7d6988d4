package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.MetricFamily.Series;
import io.ebpflb.runtime.plugin.MetricFamily.Type;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Metrics about plugins. */
final class PluginFigures {
  private PluginFigures() {}

  static List<MetricFamily> of(PluginSet plugins, Unloader unloader) {
    return List.of(
        family(
            "lb_plugin_failures",
            "Calls that a plugin failed to answer",
            Type.COUNTER,
            each(plugins, plugin -> plugin.fence().conduct().failures().sum())),
        family(
            "lb_plugin_events_lost",
            "Events that a plugin was too slow to take",
            Type.COUNTER,
            each(plugins, LoadedPlugin::lostEvents)),
        family(
            "lb_plugin_unloading",
            "Generations of a plugin that were unloaded and are not collected yet",
            Type.GAUGE,
            series(unloader.awaited())),
        family(
            "lb_plugin_class_loaders_retained",
            "Generations of a plugin that were unloaded, but something keeps their classes",
            Type.GAUGE,
            series(unloader.retained())));
  }

  private static MetricFamily family(String name, String help, Type type, List<Series> series) {
    return new MetricFamily(name, help, type, List.of("plugin"), series);
  }

  private static List<Series> each(PluginSet plugins, ToDoubleFunction<LoadedPlugin> value) {
    return plugins.loaded().stream()
        .map(plugin -> one(plugin.id(), value.applyAsDouble(plugin)))
        .toList();
  }

  private static List<Series> series(Map<String, Long> counts) {
    return counts.entrySet().stream().map(each -> one(each.getKey(), each.getValue())).toList();
  }

  private static Series one(String plugin, double value) {
    return new Series(List.of(plugin), value, List.of());
  }
}
