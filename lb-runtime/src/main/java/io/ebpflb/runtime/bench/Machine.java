package io.ebpflb.runtime.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Where and when a result was measured: without that it says little.
 *
 * @param load the system's load average of the last minute; the bench itself makes up to 1 of it
 */
public record Machine(String cpu, int cpus, String kernel, double load, LocalDate date) {

  public static Machine here() {
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        LocalDate.now(ZoneOffset.UTC));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s, %d CPUs, Linux %s, load %.1f, %s", cpu, cpus, kernel, load, date);
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
