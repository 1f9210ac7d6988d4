package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who offers what under which name. Immutable. */
final class Names {

  private record Offered(Extension<?> extension, LoadedPlugin plugin) {}

  private final Map<Extension.Kind, SortedMap<String, Offered>> offered =
      new EnumMap<>(Extension.Kind.class);

  private Names() {
    for (Extension.Kind kind : Extension.Kind.values()) {
      offered.put(kind, new TreeMap<>());
    }
  }

  static Names of(List<LoadedPlugin> plugins) {
    Names names = new Names();
    plugins.forEach(names::add);
    return names;
  }

  private void add(LoadedPlugin plugin) {
    for (Extension<?> extension : plugin.offer().extensions()) {
      offered.get(extension.kind()).putIfAbsent(extension.name(), new Offered(extension, plugin));
    }
  }

  void requireFree(LoadedPlugin newcomer) throws PluginRefusal {
    for (Extension<?> extension : newcomer.offer().extensions()) {
      Offered there = offered.get(extension.kind()).get(extension.name());
      if (there != null && extension.kind() != Extension.Kind.AGENT) {
        throw PluginRefusal.failed(
            "its "
                + PluginOffer.label(extension)
                + " is already provided by plugin \""
                + there.plugin().id()
                + "\"");
      }
    }
  }

  Optional<Extension<?>> find(Extension.Kind kind, String name) {
    return Optional.ofNullable(offered.get(kind).get(name)).map(Offered::extension);
  }

  SortedSet<String> of(Extension.Kind kind) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(offered.get(kind).keySet()));
  }
}
