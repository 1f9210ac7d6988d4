package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** One backend as a line of 79 columns; a long IPv6 address has a line of its own before it. */
final class BackendRow {

  private static final String FORMAT = "  %-21s %6s %6s %6s %s %7s %8s %8s%n";
  private static final int NAME_COLUMNS = 21;
  private static final int HEALTH_COLUMNS = 9;
  private static final double PERCENT = 100;

  private final Ink ink;
  private final Clock clock;

  BackendRow(Ink ink, Clock clock) {
    this.ink = ink;
    this.clock = clock;
  }

  String header() {
    return String.format(
            FORMAT,
            "BACKEND",
            "WEIGHT",
            "NOW",
            "SHARE",
            health("HEALTH"),
            "ACTIVE",
            "TOTAL",
            "CHECKED")
        .stripTrailing();
  }

  /**
   * @param member as its group has it
   * @param backend as its service has it
   */
  String member(JsonObject member, JsonObject backend) {
    String state = backend.getAsJsonObject("health").get("state").getAsString();
    return row(
        member.get("name").getAsString(),
        Figures.weight(member.get("configured_weight").getAsDouble()),
        Figures.weight(member.get("effective_weight").getAsDouble()),
        Figures.percent(member.get("share").getAsDouble() * PERCENT),
        painted(state),
        backend,
        checked(backend.getAsJsonObject("health").get("checked_at")));
  }

  String departing(JsonObject backend) {
    return row(backend.get("name").getAsString(), "-", "-", "-", health("departing"), backend, "-");
  }

  private String row(
      String name,
      String configured,
      String effective,
      String share,
      String health,
      JsonObject backend,
      String checked) {
    JsonObject connections = backend.getAsJsonObject("connections");
    boolean fits = name.length() <= NAME_COLUMNS;
    String line =
        String.format(
            FORMAT,
            fits ? name : "",
            configured,
            effective,
            share,
            health,
            Figures.count(connections.get("active").getAsLong()),
            Figures.count(connections.get("total").getAsLong()),
            checked);
    return fits ? line : "  " + name + "\n" + line;
  }

  private String painted(String state) {
    return switch (state) {
      case "up" -> ink.good(health(state));
      case "down" -> ink.bad(health(state));
      default -> health(state);
    };
  }

  /** Padded before it is painted: a colour has no width. */
  private static String health(String state) {
    return String.format("%-" + HEALTH_COLUMNS + "s", state);
  }

  private String checked(JsonElement at) {
    if (at.isJsonNull()) {
      return "-";
    }
    long seconds = Duration.between(Instant.parse(at.getAsString()), clock.instant()).toSeconds();
    return Figures.ago(Math.max(0, seconds));
  }
}
