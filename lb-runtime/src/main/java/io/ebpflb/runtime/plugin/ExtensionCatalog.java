package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** What is there to be used by a config: the built-in extensions and those of loaded plugins. */
public interface ExtensionCatalog {

  Optional<Extension<?>> find(Extension.Kind kind, String name);

  /** Names on offer, for error messages. */
  SortedSet<String> names(Extension.Kind kind);

  /** The settings record of each loaded plugin, by plugin id. */
  Map<String, Class<? extends Record>> pluginConfigs();

  /**
   * Why plugin JARs that are there offer nothing, a sentence for each: shown when a config asks for
   * an extension that nobody provides.
   */
  default List<String> failures() {
    return List.of();
  }
}
