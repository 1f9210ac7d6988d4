package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** What was changed at run time. */
final class ChangesText {

  private ChangesText() {}

  static String render(JsonObject document, Ink ink, boolean isWide) {
    StringBuilder text = new StringBuilder();
    String file = document.get("file").getAsString();
    if (!document.get("saved").getAsBoolean()) {
      text.append("in force, but not in ").append(file).append(":\n");
      text.append(services(document, ink));
    }
    if (!document.getAsJsonArray("overrides").isEmpty()) {
      text.append("set for backends, and kept over a restart:\n");
      document
          .getAsJsonArray("overrides")
          .forEach(each -> text.append(override(each.getAsJsonObject(), ink)));
    }
    return text.isEmpty() ? "what runs is what " + file + " says\n" : text.toString();
  }

  private static String services(JsonObject document, Ink ink) {
    if (document.getAsJsonArray("problems").isEmpty()) {
      String diff = DiffText.of(document, ink);
      return diff.isEmpty() ? "~ no service, but other lines\n" : diff;
    }
    StringBuilder text = new StringBuilder("! the file could not be put in force:\n");
    for (JsonElement problem : document.getAsJsonArray("problems")) {
      text.append(problem.getAsString()).append('\n');
    }
    return text.toString();
  }

  private static String override(JsonObject override, Ink ink) {
    StringBuilder text = new StringBuilder("~ ");
    text.append(ink.bold(override.get("service").getAsString())).append(' ');
    text.append(override.get("backend").getAsString());
    String state = override.get("admin_state").getAsString();
    text.append(state.equals("ready") ? "" : "  " + state);
    JsonElement weight = override.get("weight_override");
    text.append(weight.isJsonNull() ? "" : "  weight " + Figures.weight(weight.getAsDouble()));
    String forced = override.get("forced_health").getAsString();
    return text.append(forced.equals("auto") ? "" : "  forced " + forced).append('\n').toString();
  }
}
