package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The plugin JARs of a directory, sorted into those to load and those to leave out. Runs no code of
 * a plugin.
 *
 * @param usable one for each id, sorted by id
 */
record PluginFiles(List<PluginJar> usable, List<PluginStatus> refused) {
  static final int FILES_MAX = 256;

  static PluginFiles scan(Path directory, PrivateCopies copies, String apiVersion)
      throws IOException {
    SortedMap<String, PluginJar> byId = new TreeMap<>();
    List<PluginStatus> refused = new ArrayList<>();
    for (Path file : jars(directory)) {
      String name = file.getFileName().toString();
      PluginJar jar;
      try {
        jar = PluginJar.read(name, copies.copy(file));
      } catch (PluginRefusal e) {
        refused.add(
            new PluginStatus(name, "", "", e.state(), name + ": " + e.getMessage(), List.of()));
        continue;
      }
      try {
        jar.requireUsable(apiVersion);
        PluginJar rival = byId.get(jar.id());
        if (rival == null || jar.isNewerThan(rival)) {
          byId.put(jar.id(), jar);
        }
        if (rival != null) {
          refused.add(loser(byId.get(jar.id()), jar, rival));
        }
      } catch (PluginRefusal e) {
        refused.add(jar.refusedStatus(e));
      }
    }
    return new PluginFiles(List.copyOf(byId.values()), List.copyOf(refused));
  }

  /** Sorted by name, so that every start decides alike. */
  private static List<Path> jars(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> jars =
          files
              .filter(file -> file.getFileName().toString().endsWith(".jar"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (jars.size() > FILES_MAX) {
        throw new IOException(directory + " has " + jars.size() + " JARs, more than " + FILES_MAX);
      }
      return jars;
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
