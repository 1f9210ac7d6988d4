package io.ebpflb.runtime.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kernel memory of the BPF maps that this process holds. */
final class MapMemory {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fdinfo");
  private static final String ID = "map_id:";
  private static final String BYTES = "memlock:";

  private MapMemory() {}

  static long bytes() {
    Map<String, Long> byMap = new HashMap<>();
    try (Stream<Path> files = Files.list(DESCRIPTORS)) {
      for (Path file : files.toList()) {
        add(byMap, file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return byMap.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void add(Map<String, Long> byMap, Path file) {
    try {
      add(byMap, Files.readAllLines(file));
    } catch (IOException e) {
      // Closed meanwhile, as the one that lists them is.
    }
  }

  /** A map has as many descriptors as programs and threads asked for; it counts once. */
  static void add(Map<String, Long> byMap, List<String> info) {
    String id = value(info, ID);
    if (id != null) {
      byMap.put(id, Long.parseLong(value(info, BYTES)));
    }
  }

  private static String value(List<String> info, String name) {
    return info.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse(null);
  }
}
