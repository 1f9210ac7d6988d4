package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What a config changes, a line for each service, backend and share of flows. */
final class DiffText {

  private static final int PERCENT = 100;

  private DiffText() {}

  /**
   * @param document with members {@code services}, {@code plugins} and {@code tables}
   */
  static String of(JsonObject document, Ink ink) {
    StringBuilder text = new StringBuilder();
    for (JsonElement each : document.getAsJsonArray("services")) {
      JsonObject service = each.getAsJsonObject();
      String name = ink.bold(service.get("name").getAsString());
      text.append(mark(service)).append(name).append(settings(service)).append('\n');
      for (JsonElement backend : service.getAsJsonArray("backends")) {
        text.append("  ").append(backend(backend.getAsJsonObject())).append('\n');
      }
      for (JsonElement move : service.getAsJsonArray("moves")) {
        text.append("    ").append(move(move.getAsJsonObject())).append('\n');
      }
      long draining = service.get("draining_flows").getAsLong();
      text.append(draining == 0 ? "" : "    " + flows(draining) + " to drain\n");
    }
    document.getAsJsonArray("plugins").forEach(each -> table(text, "plugin.", each, ink));
    document.getAsJsonArray("tables").forEach(each -> table(text, "", each, ink));
    return text.toString();
  }

  private static void table(StringBuilder text, String prefix, JsonElement each, Ink ink) {
    JsonObject table = each.getAsJsonObject();
    String name = ink.bold(prefix + table.get("name").getAsString());
    text.append("~ ").append(name).append(settings(table)).append('\n');
  }

  private static String settings(JsonObject changed) {
    List<String> settings = new ArrayList<>();
    changed.getAsJsonArray("settings").forEach(one -> settings.add(one.getAsString()));
    return settings.isEmpty() ? "" : ": " + String.join(", ", settings);
  }

  private static String mark(JsonObject changed) {
    return switch (changed.get("kind").getAsString()) {
      case "added" -> "+ ";
      case "removed" -> "- ";
      default -> "~ ";
    };
  }

  private static String backend(JsonObject backend) {
    String before = Figures.weight(backend.get("weight_before").getAsDouble());
    String after = Figures.weight(backend.get("weight_after").getAsDouble());
    String weight =
        switch (backend.get("kind").getAsString()) {
          case "added" -> after;
          case "removed" -> before;
          default -> before + " -> " + after;
        };
    long active = backend.get("active_flows").getAsLong();
    return mark(backend)
        + backend.get("name").getAsString()
        + "  weight "
        + weight
        + (active == 0 ? "" : ", " + flows(active));
  }

  private static String move(JsonObject move) {
    JsonElement source = move.get("source");
    return Figures.weight(move.get("share").getAsDouble() * PERCENT)
        + " % of new flows"
        + (source.isJsonNull() ? "" : " from " + source.getAsString())
        + " go elsewhere";
  }

  private static String flows(long count) {
    return count + (count == 1 ? " flow" : " flows");
  }
}
