package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Event;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which plugins came, changed and went: to the log, and as events to those that stay. */
final class PluginChanges {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final String UNLOADED = "unloaded";

  private PluginChanges() {}

  static void tell(PluginSet before, PluginSet now, Consumer<Event> listeners) {
    log(before, now);
    List<PluginStatus> earlier = before.statuses();
    for (PluginStatus status : now.statuses()) {
      if (earlier.stream().noneMatch(each -> isSame(each, status))) {
        listeners.accept(event(status));
      }
    }
    for (LoadedPlugin plugin : before.jars()) {
      if (now.statuses().stream().noneMatch(status -> status.id().equals(plugin.id()))) {
        listeners.accept(event(plugin.id(), plugin.version(), UNLOADED, ""));
      }
    }
  }

  static void tell(PluginStatus before, PluginStatus now, Consumer<Event> listeners) {
    if (!isSame(before, now)) {
      listeners.accept(event(now));
    }
  }

  private static boolean isSame(PluginStatus one, PluginStatus other) {
    return one.id().equals(other.id())
        && one.version().equals(other.version())
        && one.state() == other.state();
  }

  static Event event(PluginStatus status) {
    String state = status.state().name().toLowerCase(Locale.ROOT);
    return event(status.id(), status.version(), state, status.reason());
  }

  private static Event event(String id, String version, String state, String reason) {
    return new Event.PluginChanged(Instant.now(), id, version, state, reason);
  }

  private static void log(PluginSet before, PluginSet now) {
    for (LoadedPlugin plugin : now.jars()) {
      Optional<LoadedPlugin> earlier = before.find(plugin.id());
      String file = plugin.jar().orElseThrow().fileName();
      if (earlier.isEmpty()) {
        String offers = String.join(", ", plugin.labels());
        LOG.info("plugin \"{}\" {} ({}): {}", plugin.id(), plugin.version(), file, offers);
      } else if (earlier.get() != plugin) {
        LOG.info(
            "plugin \"{}\" {} ({}) took over from {}",
            plugin.id(),
            plugin.version(),
            file,
            earlier.get().version());
      }
    }
    for (LoadedPlugin plugin : before.jars()) {
      if (now.find(plugin.id()).isEmpty()) {
        LOG.info("plugin \"{}\" {} was unloaded", plugin.id(), plugin.version());
      }
    }
  }
}
