package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugin JARs of a directory, as they were when they were read last. Runs no code of a plugin.
 * Not thread-safe.
 */
final class PluginFiles {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  static final int FILES_MAX = 256;

  /** What tells one state of a file from another, without reading it. */
  private record Print(Object fileKey, FileTime modified, long bytes) {}

  /**
   * @param refusal why there is no JAR to use
   */
  private record Read(Print print, Optional<PluginJar> jar, Optional<PluginStatus> refusal) {}

  /**
   * Sorted into those to load and those to leave out.
   *
   * @param usable one for each id, sorted by id
   */
  record Selection(List<PluginJar> usable, List<PluginStatus> refused) {}

  private final Path directory;
  private final PrivateCopies copies;
  private final String apiVersion;
  private final SortedMap<String, Read> files = new TreeMap<>();
  private Map<String, Print> seen = Map.of();
  private boolean isSettled;

  PluginFiles(Path directory, PrivateCopies copies, String apiVersion) {
    this.directory = directory;
    this.copies = copies;
    this.apiVersion = apiVersion;
  }

  /** Reads what is there now. */
  void readAll() throws IOException {
    seen = prints();
    seen.forEach(this::read);
  }

  /**
   * Reads what is new and was the same at the look before: a file that is being written is left
   * alone until it no longer changes.
   *
   * @return whether anything was read or has gone
   */
  boolean look() throws IOException {
    Map<String, Print> now = prints();
    boolean isNews = false;
    for (Map.Entry<String, Print> each : now.entrySet()) {
      Read before = files.get(each.getKey());
      boolean isNew = before == null || !before.print().equals(each.getValue());
      if (isNew && each.getValue().equals(seen.get(each.getKey()))) {
        read(each.getKey(), each.getValue());
        isNews = true;
      }
    }
    for (String name : List.copyOf(files.keySet())) {
      if (!now.containsKey(name) && !seen.containsKey(name)) {
        drop(files.remove(name));
        isNews = true;
      }
    }
    isSettled = now.equals(seen);
    seen = now;
    return isNews;
  }

  /** Whether the last look found what the one before it had found. */
  boolean isSettled() {
    return isSettled;
  }

  /** Reads what is new now, without waiting until it no longer changes. */
  void readNow() throws IOException {
    seen = prints();
    look();
  }

  /** Whether there is a file of this name, whatever it holds. */
  boolean hold(String fileName) {
    return files.containsKey(fileName);
  }

  private void read(String name, Print print) {
    Read before = files.put(name, read(name, directory.resolve(name), print));
    if (before != null) {
      drop(before);
    }
  }

  private Read read(String name, Path file, Print print) {
    PluginJar jar;
    try {
      jar = PluginJar.read(name, copies.copy(file));
    } catch (PluginRefusal e) {
      String reason = name + ": " + e.getMessage();
      PluginStatus status = new PluginStatus(name, "", "", e.state(), reason, List.of());
      return new Read(print, Optional.empty(), Optional.of(status));
    }
    try {
      jar.requireUsable(apiVersion);
      return new Read(print, Optional.of(jar), Optional.empty());
    } catch (PluginRefusal e) {
      return new Read(print, Optional.empty(), Optional.of(jar.refusedStatus(e)));
    }
  }

  /** Generations that were loaded from it have a copy of their own. */
  private void drop(Read read) {
    read.jar().ifPresent(jar -> copies.remove(jar.copy()));
  }

  /** Of several files with one id the highest version, of equal ones the first by file name. */
  Selection select() {
    SortedMap<String, PluginJar> byId = new TreeMap<>();
    List<PluginStatus> refused = new ArrayList<>();
    for (Read file : files.values()) {
      file.refusal().ifPresent(refused::add);
      file.jar()
          .ifPresent(
              jar -> {
                PluginJar rival = byId.get(jar.id());
                if (rival == null || jar.isNewerThan(rival)) {
                  byId.put(jar.id(), jar);
                }
                if (rival != null) {
                  refused.add(loser(byId.get(jar.id()), jar, rival));
                }
              });
    }
    return new Selection(List.copyOf(byId.values()), refused);
  }

  /** Sorted by name, so that every start decides alike. */
  private Map<String, Print> prints() throws IOException {
    SortedMap<String, Print> prints = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return prints;
    }
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".jar")).toList()) {
        print(file).ifPresent(print -> prints.put(file.getFileName().toString(), print));
      }
    }
    if (prints.size() > FILES_MAX) {
      throw new IOException(directory + " has " + prints.size() + " JARs, more than " + FILES_MAX);
    }
    return prints;
  }

  private static Optional<Print> print(Path file) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.isRegularFile()
          ? Optional.of(new Print(found.fileKey(), found.lastModifiedTime(), found.size()))
          : Optional.empty();
    } catch (NoSuchFileException goneMeanwhile) {
      LOG.debug("not there any more: {}", file);
      return Optional.empty();
    }
  }

  private static PluginStatus loser(PluginJar winner, PluginJar newcomer, PluginJar rival) {
    PluginJar left = winner == newcomer ? rival : newcomer;
    if (winner.isNewerThan(left)) {
      return left.refusedStatus(
          new PluginRefusal(
              State.SUPERSEDED,
              "superseded by version " + winner.version() + " in " + winner.fileName()));
    }
    return left.refusedStatus(
        PluginRefusal.failed(
            "plugin \""
                + left.id()
                + "\" "
                + left.version()
                + " is in "
                + winner.fileName()
                + " too, which is used; remove one"));
  }
}
