package io.ebpflb.runtime.bench.checks;

import io.ebpflb.runtime.bench.Machine;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as text: for people, and for programs. */
public final class ChecksReport {
  private static final double MIB = 1 << 20;

  private ChecksReport() {}

  public static String table(List<ChecksResult> results) {
    return table(results, Machine.here());
  }

  static String table(List<ChecksResult> results, Machine machine) {
    StringBuilder text = new StringBuilder();
    text.append("health checks of many targets: %s\n".formatted(machine));
    results.forEach(result -> append(text, result));
    return text.toString();
  }

  private static void append(StringBuilder text, ChecksResult result) {
    ChecksLoad load = result.load();
    text.append(
        "%n%s checks of %,d services with %d targets, each %s%n"
            .formatted(
                result.type(),
                load.services(),
                load.targets(),
                String.format(Locale.ROOT, "%.1f s", load.interval().toMillis() / 1e3)));
    line(text, "checks a second", result.checksPerSecond(), "");
    line(
        text,
        "hosts that were checked",
        result.hostsChecked(),
        goal("all", result.hostsChecked() == load.hosts()));
    line(
        text,
        "latest check, ms after its interval",
        result.latestMillis(),
        goal(load.interval().toMillis(), result.latestMillis()));
    line(text, "cores", result.cores(), goal(ChecksResult.CORES_MAX, result.cores()));
    line(
        text,
        "heap, MiB",
        result.heapBytesMax() / MIB,
        goal(ChecksResult.HEAP_BYTES_MAX / MIB, result.heapBytesMax() / MIB));
    line(text, "verdict to table in the kernel, ms, median", result.verdictMillis(), "");
    line(
        text,
        "the slowest of %d".formatted(load.failures()),
        result.verdictMillisMax(),
        goal(ChecksResult.VERDICT_MAX.toMillis(), result.verdictMillisMax()));
    line(
        text,
        "start to all services in force, ms",
        result.startMillis(),
        goal(ChecksResult.START_MAX.toMillis(), result.startMillis()));
    line(text, "reload with one change, ms, median", result.reloadMillis(), "");
    line(
        text,
        "the slowest of %d".formatted(load.reloads()),
        result.reloadMillisMax(),
        goal(ChecksResult.RELOAD_MAX.toMillis(), result.reloadMillisMax()));
  }

  private static String goal(double max, double figure) {
    return goal(String.format(Locale.ROOT, "at most %.0f", max), figure <= max);
  }

  private static String goal(String text, boolean isMet) {
    return text + (isMet ? "" : ": missed");
  }

  private static void line(StringBuilder text, String what, double figure, String goal) {
    String line = String.format(Locale.ROOT, "  %-44s %10.2f  %s", what, figure, goal);
    text.append(line.stripTrailing()).append('\n');
  }

  /** A list of objects, one for each type of checks. */
  public static String json(List<ChecksResult> results) {
    return results.stream().map(ChecksReport::json).collect(Collectors.joining(",\n ", "[", "]\n"));
  }

  private static String json(ChecksResult result) {
    return String.format(
        Locale.ROOT,
        "{\"type\": \"%s\", \"services\": %d, \"targets\": %d, \"interval_ms\": %d,"
            + " \"checks_per_second\": %.1f, \"hosts_checked\": %d, \"latest_ms\": %.0f,"
            + " \"cores\": %.3f, \"heap_bytes\": %d, \"verdict_ms\": %.2f,"
            + " \"verdict_ms_max\": %.2f, \"start_ms\": %.0f, \"reload_ms\": %.1f,"
            + " \"reload_ms_max\": %.1f}",
        result.type(),
        result.load().services(),
        result.load().targets(),
        result.load().interval().toMillis(),
        result.checksPerSecond(),
        result.hostsChecked(),
        result.latestMillis(),
        result.cores(),
        result.heapBytesMax(),
        result.verdictMillis(),
        result.verdictMillisMax(),
        result.startMillis(),
        result.reloadMillis(),
        result.reloadMillisMax());
  }
}
