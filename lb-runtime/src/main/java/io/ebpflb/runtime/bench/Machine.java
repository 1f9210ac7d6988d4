package io.ebpflb.runtime.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and when a result was measured: without that it says little. */
record Machine(String cpu, int cpus, String kernel, LocalDate date) {

  static Machine here() {
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        LocalDate.now(ZoneOffset.UTC));
  }

  @Override
  public String toString() {
    return "%s, %d CPUs, Linux %s, %s".formatted(cpu, cpus, kernel, date);
  }

  private static String cpuModel() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
