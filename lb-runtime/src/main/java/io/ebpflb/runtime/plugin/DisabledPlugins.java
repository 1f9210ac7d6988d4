package io.ebpflb.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins that operators took out of use, and a file of their ids, one in a line, so that it
 * outlives a restart. Thread-safe.
 */
final class DisabledPlugins {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final String FILE = "disabled";

  private final Set<String> ids = new ConcurrentSkipListSet<>();
  private Optional<Path> file = Optional.empty();

  /** From now on it is read from and written to a file there. */
  synchronized void keepIn(Path folder) {
    Path kept = folder.resolve(FILE);
    file = Optional.of(kept);
    if (Files.exists(kept)) {
      try {
        Files.readAllLines(kept).stream().filter(line -> !line.isBlank()).forEach(ids::add);
      } catch (IOException e) {
        LOG.warn("which plugins are disabled cannot be read: {}", e.toString());
      }
    }
  }

  boolean contains(String id) {
    return ids.contains(id);
  }

  /**
   * @throws PluginRefusal if it cannot be kept; then nothing was changed
   */
  synchronized void set(String id, boolean isDisabled) throws PluginRefusal {
    if (isDisabled ? !ids.add(id) : !ids.remove(id)) {
      return;
    }
    try {
      if (file.isPresent()) {
        StateFile.write(file.get(), String.join("\n", ids));
      }
    } catch (IOException e) {
      boolean undone = isDisabled ? ids.remove(id) : ids.add(id);
      LOG.debug("undone: {}", undone);
      throw PluginRefusal.failed("it cannot be kept over a restart: " + e);
    }
  }
}
