package io.ebpflb.runtime.plugin;

import io.ebpflb.api.KeptState;
import io.ebpflb.api.KeptState.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What plugins keep: in memory, and in one file for each plugin once a directory is known. The
 * first line of a file is the version, the rest the text. Thread-safe.
 */
final class KeptStates {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final String SUFFIX = ".state";

  private final Map<String, Kept> states = new ConcurrentHashMap<>();
  private final Executor writer;
  private volatile Optional<Path> directory = Optional.empty();

  /**
   * @param writer where files are written; one thread
   */
  KeptStates(Executor writer) {
    this.writer = writer;
  }

  /** From now on states are read from and written to files there. */
  void keepIn(Path folder) {
    directory = Optional.of(folder);
  }

  KeptState of(String pluginId) {
    return new KeptState() {
      @Override
      public Optional<Kept> load() {
        return Optional.ofNullable(states.computeIfAbsent(pluginId, KeptStates.this::read));
      }

      @Override
      public void save(Kept state) {
        if (state.text().length() > TEXT_LENGTH_MAX) {
          throw new IllegalArgumentException(
              "a state of " + state.text().length() + " characters, at most " + TEXT_LENGTH_MAX);
        }
        Kept before = states.put(pluginId, state);
        if (!state.equals(before)) {
          write(pluginId);
        }
      }
    };
  }

  private Kept read(String pluginId) {
    Path file = directory.map(folder -> folder.resolve(pluginId + SUFFIX)).orElse(null);
    if (file == null || !Files.exists(file)) {
      return null;
    }
    try {
      String content = Files.readString(file);
      int end = content.indexOf('\n');
      return new Kept(Integer.parseInt(content.substring(0, end)), content.substring(end + 1));
    } catch (IOException | RuntimeException e) {
      LOG.warn("state of plugin \"{}\" in {} cannot be read: {}", pluginId, file, e.toString());
      return null;
    }
  }

  private void write(String pluginId) {
    if (directory.isEmpty()) {
      return;
    }
    Path file = directory.get().resolve(pluginId + SUFFIX);
    try {
      writer.execute(() -> write(states.get(pluginId), file));
    } catch (RejectedExecutionException e) {
      // The balancer ends; this is its last word.
      write(states.get(pluginId), file);
    }
  }

  private static synchronized void write(Kept state, Path file) {
    try {
      StateFile.write(file, state.version() + "\n" + state.text());
    } catch (IOException e) {
      LOG.warn("state of a plugin cannot be written to {}: {}", file, e.toString());
    }
  }
}
