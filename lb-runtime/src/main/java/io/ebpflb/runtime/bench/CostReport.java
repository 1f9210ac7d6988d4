package io.ebpflb.runtime.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as text: for people, and for programs. */
public final class CostReport {
  private CostReport() {}

  /** With the budget of each case, where and when it was measured. */
  public static String table(List<PacketCost> costs) {
    return table(costs, Machine.here());
  }

  static String table(List<PacketCost> costs, Machine machine) {
    StringBuilder text = new StringBuilder();
    text.append("packet cost in ns, without the harness: %s\n\n".formatted(machine));
    text.append(row("case", "family", "protocol", "flows", "ns", "budget", "floor").append('\n'));
    for (PacketCost cost : costs) {
      text.append(
          row(
              cost.packetCase().label,
              cost.family().label,
              protocol(cost),
              Integer.toString(cost.flows()),
              number(cost.nanos()),
              Integer.toString(cost.budgetNanos()),
              number(cost.floorNanos())));
      text.append(cost.isWithinBudget() ? "\n" : "  over budget\n");
    }
    return text.toString();
  }

  /** A list of objects: case, family, protocol, flows, ns, floor_ns. */
  public static String json(List<PacketCost> costs) {
    return costs.stream()
        .map(
            cost ->
                "  {\"case\": \"%s\", \"family\": \"%s\", \"protocol\": \"%s\", \"flows\": %d,"
                        .formatted(
                            cost.packetCase().label,
                            cost.family().label,
                            protocol(cost),
                            cost.flows())
                    + " \"ns\": %s, \"floor_ns\": %s}"
                        .formatted(number(cost.nanos()), number(cost.floorNanos())))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static StringBuilder row(
      String name,
      String family,
      String protocol,
      String flows,
      String nanos,
      String budget,
      String floor) {
    return new StringBuilder(
        String.format(
            Locale.ROOT,
            "%-12s %-7s %-9s %8s %8s %8s %8s",
            name,
            family,
            protocol,
            flows,
            nanos,
            budget,
            floor));
  }

  private static String protocol(PacketCost cost) {
    return cost.protocol().name().toLowerCase(Locale.ROOT);
  }

  private static String number(double nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos);
  }
}
