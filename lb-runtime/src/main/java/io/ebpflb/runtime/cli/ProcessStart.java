package io.ebpflb.runtime.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** When this process began. {@link ProcessHandle} is up to a second off, since boot time is. */
final class ProcessStart {
  private static final int TICKS_PER_SECOND = 100;

  /** Of the fields that follow the name of the program, which may have spaces itself. */
  private static final int START_FIELD = 19;

  private ProcessStart() {}

  /** To a hundredth of a second; the present if it cannot be found out. */
  static Instant instant() {
    Instant now = Instant.now();
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String uptime = Files.readString(Path.of("/proc/uptime"));
      return now.minusMillis(ageMillis(stat, uptime));
    } catch (IOException | RuntimeException e) {
      return now;
    }
  }

  static long ageMillis(String stat, String uptime) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long startMillis = Long.parseLong(fields[START_FIELD]) * 1000 / TICKS_PER_SECOND;
    long uptimeMillis = Math.round(Double.parseDouble(uptime.split(" ")[0]) * 1000);
    return Math.max(0, uptimeMillis - startMillis);
  }
}
