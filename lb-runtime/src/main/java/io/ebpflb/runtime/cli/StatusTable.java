package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** The status as text for people, at most 80 columns wide. */
final class StatusTable {

  private static final int WIDTH = 80;

  private final Ink ink;
  private final BackendRow row;
  private StringBuilder text = new StringBuilder();

  StatusTable(Ink ink, Clock clock) {
    this.ink = ink;
    this.row = new BackendRow(ink, clock);
  }

  /**
   * @param status what {@code /api/v1/status} says, with {@code services} and {@code reload} added
   */
  String render(JsonObject status) {
    text = new StringBuilder();
    JsonObject dataPlane = status.getAsJsonObject("data_plane");
    line(
        ink.bold("ebpf-lb " + status.get("version").getAsString())
            + ", up "
            + Figures.duration(status.get("uptime_seconds").getAsLong()));
    wrapped("", dataPlane.get("description").getAsString());
    String state = status.get("state").getAsString();
    wrapped("", status.get("ready").getAsBoolean() ? state : "not ready: " + state);
    reload(status.getAsJsonObject("reload"));
    for (JsonElement plugin : status.getAsJsonArray("plugins")) {
      plugin(plugin.getAsJsonObject());
    }
    for (JsonElement service : status.getAsJsonArray("services")) {
      text.append('\n');
      service(service.getAsJsonObject());
    }
    drops(dataPlane.getAsJsonObject("drops"));
    return text.toString();
  }

  /** What somebody believes to be in force, and is not. */
  private void reload(JsonObject reload) {
    if (reload.get("last_attempt").isJsonNull()) {
      return;
    }
    JsonObject last = reload.getAsJsonObject("last_attempt");
    if (last.get("outcome").getAsString().equals("refused")) {
      wrapped(
          "! ",
          "the last change of the config was refused (by "
              + last.get("initiator").getAsString()
              + "); lb reload --status says why");
    }
  }

  private void plugin(JsonObject plugin) {
    if (!plugin.get("state").getAsString().equals("started")) {
      wrapped(
          "! ",
          "plugin "
              + plugin.get("id").getAsString()
              + " is "
              + plugin.get("state").getAsString()
              + ": "
              + plugin.get("reason").getAsString());
    }
  }

  private void service(JsonObject service) {
    String check =
        service.get("health_check").isJsonNull()
            ? "no health check"
            : service.get("health_check").getAsString() + " check";
    String name = service.get("name").getAsString();
    String facts =
        String.join(
            ", ",
            service.get("protocol").getAsString() + " " + service.get("listen").getAsString(),
            service.get("algorithm").getAsString(),
            check);
    if (name.length() + facts.length() + 2 <= WIDTH) {
      line(ink.bold(name) + "  " + facts);
    } else {
      line(ink.bold(name));
      wrapped("  ", facts);
    }
    service.getAsJsonArray("problems").forEach(each -> wrapped("  ! ", each.getAsString()));
    line(ink.dim(row.header()));
    Map<String, JsonObject> backends = new HashMap<>();
    for (JsonElement each : service.getAsJsonArray("backends")) {
      JsonObject backend = each.getAsJsonObject();
      backends.put(backend.get("name").getAsString(), backend);
    }
    service.getAsJsonArray("groups").forEach(each -> group(each.getAsJsonObject(), backends));
    for (JsonElement each : service.getAsJsonArray("backends")) {
      if (each.getAsJsonObject().get("departing").getAsBoolean()) {
        text.append(row.departing(each.getAsJsonObject()));
      }
    }
  }

  private void group(JsonObject group, Map<String, JsonObject> backends) {
    if (!group.get("source").isJsonNull()) {
      line("  clients in " + group.get("source").getAsString() + ":");
    }
    for (JsonElement each : group.getAsJsonArray("backends")) {
      JsonObject member = each.getAsJsonObject();
      text.append(row.member(member, backends.get(member.get("name").getAsString())));
    }
  }

  private void drops(JsonObject drops) {
    StringBuilder seen = new StringBuilder();
    for (Map.Entry<String, JsonElement> drop : drops.entrySet()) {
      long count = drop.getValue().getAsLong();
      if (count > 0) {
        seen.append(seen.length() == 0 ? "" : ", ").append(drop.getKey() + " " + count);
      }
    }
    if (seen.length() > 0) {
      text.append('\n');
      wrapped("", "packets dropped: " + seen);
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /**
   * Continuation lines are indented like the first. What a plugin or backend said must not move the
   * cursor.
   */
  private void wrapped(String indent, String content) {
    StringBuilder current = new StringBuilder(indent);
    String continued = " ".repeat(indent.length());
    boolean empty = true;
    for (String word : content.replaceAll("[\\p{Cntrl}&&\\S]", "?").split("\\s+")) {
      if (!empty && current.length() + 1 + word.length() > WIDTH) {
        line(current.toString());
        current = new StringBuilder(continued);
        empty = true;
      }
      current.append(empty ? "" : " ").append(word);
      empty = false;
    }
    line(current.toString());
  }
}
