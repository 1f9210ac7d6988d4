package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.bench.Machine;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Results as text: for people, and for programs. */
public final class TrafficReport {
  private static final String NONE = "-";

  private final TrafficResults results;
  private final Machine machine;

  TrafficReport(TrafficResults results, Machine machine) {
    this.results = results;
    this.machine = machine;
  }

  public static TrafficReport of(TrafficResults results) {
    return new TrafficReport(results, Machine.here());
  }

  /** A table for each setting, then what was to be reached and is or is not. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append("traffic through three backends: %s\n".formatted(machine));
    text.append(
        "medians of %d rounds of %d s; cpu in us for one operation, the whole machine's\n"
            .formatted(results.options().rounds(), results.options().seconds()));
    for (Setting setting : results.options().settings()) {
      appendSetting(text, setting);
    }
    appendGoals(text);
    return text.toString();
  }

  private void appendSetting(StringBuilder text, Setting setting) {
    List<Contender> contenders =
        Arrays.stream(Contender.values())
            .filter(c -> results.options().contenders().contains(c) && c.runsWith(setting))
            .toList();
    text.append("\n%s offloads\n".formatted(setting.label));
    text.append(row("", contenders, contender -> contender.label));
    for (Measure measure : results.options().measures()) {
      text.append(
          row(
              measure.label + ", " + measure.unit,
              contenders,
              c -> figure(setting, measure, c, Reading::value)));
      if (measure == Measure.ROUND_TRIP) {
        text.append(
            row("  us (p99)", contenders, c -> figure(setting, measure, c, Reading::worst)));
      }
      text.append(
          row(
              "  cpu per " + measure.operation,
              contenders,
              c -> figure(setting, measure, c, Reading::cpuMicros)));
    }
  }

  private String figure(
      Setting setting, Measure measure, Contender contender, ToDoubleFunction<Reading> figure) {
    return results
        .find(setting, measure, contender)
        .map(series -> text(series.median(figure)))
        .orElse(NONE);
  }

  private static String row(
      String name, List<Contender> contenders, Function<Contender, String> cell) {
    return contenders.stream()
        .map(contender -> String.format(Locale.ROOT, "%13s", cell.apply(contender)))
        .collect(Collectors.joining("", String.format(Locale.ROOT, "%-29s", name), "\n"));
  }

  private void appendGoals(StringBuilder text) {
    text.append("\nratios, medians of those of each round\n");
    for (Goal goal : Goal.ALL) {
      double ratio = results.ratio(goal);
      if (!Double.isNaN(ratio)) {
        text.append(
            String.format(
                Locale.ROOT,
                "%-8s %-12s %-12s / %-9s %6.3f  %s %.2f  %s%n",
                goal.setting().label,
                goal.measure().label,
                goal.ours().label,
                goal.other().label,
                ratio,
                goal.isAtLeast() ? ">=" : "<=",
                goal.bound(),
                goal.isReached(ratio) ? "reached" : "MISSED"));
      }
    }
  }

  /** Machine, and a list of series with the readings of each round. */
  public String json() {
    return results.all().stream()
        .map(TrafficReport::json)
        .collect(
            Collectors.joining(
                ",\n",
                "{\"machine\": \"%s\", \"seconds\": %d, \"results\": [\n"
                    .formatted(machine, results.options().seconds()),
                "\n]}\n"));
  }

  private static String json(Series series) {
    String readings =
        series.readings().stream()
            .map(
                reading ->
                    String.format(
                        Locale.ROOT,
                        "{\"value\": %.3f, \"worst\": %.3f, \"cpu_us\": %.3f}",
                        reading.value(),
                        reading.worst(),
                        reading.cpuMicros()))
            .collect(Collectors.joining(", ", "[", "]"));
    return "  {\"offloads\": \"%s\", \"measure\": \"%s\", \"unit\": \"%s\", \"contender\": \"%s\","
            .formatted(
                series.setting().label,
                series.measure().label,
                series.measure().unit,
                series.contender().label)
        + " \"rounds\": %s}".formatted(readings);
  }

  private static String text(double figure) {
    if (Double.isNaN(figure)) {
      return "failed";
    }
    return String.format(Locale.ROOT, figure >= 1000 ? "%,.0f" : "%.2f", figure);
  }
}
