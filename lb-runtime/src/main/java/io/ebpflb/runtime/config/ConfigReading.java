package io.ebpflb.runtime.config;

import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A config that is being read while it is not known yet what its names mean: the text is looked at
 * on another thread, beside the loading of plugins.
 */
public final class ConfigReading {
  private final Path file;
  private final Problems problems;
  private final CompletableFuture<TomlTable> root;

  ConfigReading(Path file, SourceText source) {
    this.file = file;
    this.problems = new Problems(source, new SecretMask(Set.of()));
    this.root = CompletableFuture.supplyAsync(() -> ConfigLoader.scan(problems, Set.of()));
  }

  public static ConfigReading begin(ConfigText text) {
    return new ConfigReading(text.file(), text.source());
  }

  /** As {@link ConfigLoader#load(ConfigText, ExtensionCatalog)}. To be called once. */
  public Configuration bind(ExtensionCatalog catalog) throws ConfigException {
    TomlTable scanned = scanned();
    problems.mask().know(SecretNames.in(catalog));
    return new ConfigBinder(problems, catalog, Map.of())
        .bind(file, ConfigLoader.whole(scanned, problems));
  }

  private TomlTable scanned() {
    try {
      return root.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }
}
