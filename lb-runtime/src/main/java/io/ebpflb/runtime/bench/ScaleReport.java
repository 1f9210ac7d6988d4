package io.ebpflb.runtime.bench;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Results as text: for people, and for programs. */
public final class ScaleReport {
  private static final double MIB = 1 << 20;
  private static final double PERCENT = 100;

  private ScaleReport() {}

  public static String table(ScaleResults results) {
    return table(results, Machine.here());
  }

  static String table(ScaleResults results, Machine machine) {
    StringBuilder text = new StringBuilder();
    text.append(
        "how costs grow, IPv4 and TCP, in ns without the harness: %s\n\n".formatted(machine));
    text.append("     flows   max-flows  established  maps, MiB  client's packet  reply\n");
    results
        .flows()
        .forEach(
            f ->
                text.append(
                    line(
                        "%10d %11d %12d %10.1f %16.1f %6.1f",
                        f.flows(),
                        f.flowsMax(),
                        f.established(),
                        f.mapBytes() / MIB,
                        f.establishedNanos(),
                        f.replyNanos())));
    text.append("\n  backends  table slots  new flow  four tables built and written, ms\n");
    results
        .backends()
        .forEach(
            b ->
                text.append(
                    line(
                        "%10d %12d %9.1f %34.1f",
                        b.backends(), b.slots(), b.newFlowNanos(), b.tableMillis())));
    ScaleResults.Sweep sweep = results.sweep();
    text.append(
        line(
            "%nsweep of %d flows: %.0f us a slice, %.2f %% of one CPU, at most %.0f %%%s",
            sweep.flows(),
            sweep.sliceMicros(),
            sweep.share() * PERCENT,
            ScaleResults.SWEEP_SHARE_MAX * PERCENT,
            mark(sweep.isWithinBudget())));
    for (ScaleResults.Cpus cpus : results.cpus()) {
      text.append(
          line(
              "two CPUs, %d flows each: %.1f ns a packet, %.1f alone: %.2f times one, at least %.1f%s;"
                  + " bare reads of as many lines: %.2f times",
              cpus.flows(),
              cpus.twoNanos(),
              cpus.oneNanos(),
              cpus.speedUp(),
              ScaleResults.TWO_CPUS_MIN,
              mark(cpus.isWithinBudget()),
              cpus.walkSpeedUp()));
    }
    return text.toString();
  }

  /** An object: lists {@code flows}, {@code backends} and {@code cpus}, and {@code sweep}. */
  public static String json(ScaleResults results) {
    ScaleResults.Sweep sweep = results.sweep();
    return "{\"flows\": %s,%n\"backends\": %s,%n\"sweep\": %s,%n\"cpus\": %s}%n"
        .formatted(
            list(
                results.flows().stream()
                    .map(
                        f ->
                            text(
                                "{\"flows\": %d, \"flows_max\": %d, \"established\": %d,"
                                    + " \"map_bytes\": %d, \"established_ns\": %.1f,"
                                    + " \"reply_ns\": %.1f}",
                                f.flows(),
                                f.flowsMax(),
                                f.established(),
                                f.mapBytes(),
                                f.establishedNanos(),
                                f.replyNanos()))),
            list(
                results.backends().stream()
                    .map(
                        b ->
                            text(
                                "{\"backends\": %d, \"slots\": %d, \"new_flow_ns\": %.1f,"
                                    + " \"table_ms\": %.1f}",
                                b.backends(), b.slots(), b.newFlowNanos(), b.tableMillis()))),
            text(
                "{\"flows\": %d, \"slice_us\": %.1f, \"share\": %.4f}",
                sweep.flows(), sweep.sliceMicros(), sweep.share()),
            list(
                results.cpus().stream()
                    .map(
                        c ->
                            text(
                                "{\"flows\": %d, \"one_ns\": %.1f, \"two_ns\": %.1f,"
                                    + " \"speed_up\": %.3f, \"walk_speed_up\": %.3f}",
                                c.flows(),
                                c.oneNanos(),
                                c.twoNanos(),
                                c.speedUp(),
                                c.walkSpeedUp()))));
  }

  private static String list(Stream<String> objects) {
    return objects.collect(Collectors.joining(",\n  ", "[\n  ", "\n]"));
  }

  private static String mark(boolean isWithinBudget) {
    return isWithinBudget ? "" : "  over budget";
  }

  private static String line(String format, Object... figures) {
    return text(format, figures) + "\n";
  }

  private static String text(String format, Object... figures) {
    return String.format(Locale.ROOT, format, figures);
  }
}
