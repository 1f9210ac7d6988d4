package io.ebpflb.runtime.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.SettingDoc;
import io.ebpflb.runtime.plugin.ValidatedJar;
import io.ebpflb.runtime.plugin.ValidatedJar.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code lb plugin validate} says of one JAR. */
final class JarReport {

  private JarReport() {}

  static JsonObject of(Path file, ValidatedJar jar) {
    JsonObject report = new JsonObject();
    report.addProperty("file", file.toString());
    report.addProperty("usable", jar.problems().isEmpty());
    report.add(
        "plugin", jar.identity().<JsonElement>map(JarReport::identity).orElse(JsonNull.INSTANCE));
    report.add("problems", texts(jar.problems()));
    report.add("notes", texts(jar.notes()));
    report.add("settings", settings(jar.settings()));
    JsonArray extensions = new JsonArray();
    jar.extensions().forEach(extension -> extensions.add(extension(extension)));
    report.add("extensions", extensions);
    return report;
  }

  private static JsonObject identity(Identity identity) {
    JsonObject json = new JsonObject();
    json.addProperty("id", identity.id());
    json.addProperty("version", identity.version());
    json.addProperty("requires", identity.requires());
    json.addProperty("provider", identity.provider());
    return json;
  }

  private static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  private static JsonObject extension(Extension<?> extension) {
    JsonObject json = new JsonObject();
    json.addProperty("kind", kind(extension));
    json.addProperty("name", extension.name());
    json.add("settings", settings(extension.configType()));
    return json;
  }

  /** {@code health-checker} */
  private static String kind(Extension<?> extension) {
    return extension.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonArray settings(Class<? extends Record> type) {
    JsonArray array = new JsonArray();
    for (SettingDoc setting : SettingDoc.of(type)) {
      JsonObject json = new JsonObject();
      json.addProperty("key", setting.key());
      json.addProperty("expected", setting.expected());
      json.add(
          "default",
          setting.fallback().<JsonElement>map(JsonPrimitive::new).orElse(JsonNull.INSTANCE));
      json.addProperty("required", setting.isRequired());
      json.addProperty("secret", setting.isSecret());
      json.addProperty("doc", setting.doc());
      array.add(json);
    }
    return array;
  }

  static String render(JsonObject report, Ink ink) {
    StringBuilder text = new StringBuilder();
    text.append(Printed.oneLine(report.get("file").getAsString()))
        .append(": ")
        .append(title(report));
    lines(text, report.getAsJsonArray("problems"), ink.bad("problem") + "  ");
    lines(text, report.getAsJsonArray("notes"), "note     ");
    table(text, "settings of the plugin", report.getAsJsonArray("settings"), ink);
    for (JsonElement each : report.getAsJsonArray("extensions")) {
      JsonObject extension = each.getAsJsonObject();
      String name =
          extension.get("kind").getAsString().replace('-', ' ')
              + " \""
              + extension.get("name").getAsString()
              + "\"";
      text.append("  ").append(name).append('\n');
      // Those of an agent are the plugin's.
      if (!extension.get("kind").getAsString().equals("agent")) {
        table(text, "", extension.getAsJsonArray("settings"), ink);
      }
    }
    return text.toString();
  }

  private static String title(JsonObject report) {
    String state = report.get("usable").getAsBoolean() ? "usable" : "not usable";
    if (report.get("plugin").isJsonNull()) {
      return state + "\n";
    }
    JsonObject plugin = report.getAsJsonObject("plugin");
    return state
        + ": "
        + plugin.get("id").getAsString()
        + " "
        + plugin.get("version").getAsString()
        + " for API "
        + Printed.oneLine(plugin.get("requires").getAsString())
        + "\n";
  }

  private static void lines(StringBuilder text, JsonArray lines, String start) {
    lines.forEach(
        line ->
            text.append("  ")
                .append(start)
                .append(Printed.oneLine(line.getAsString()))
                .append('\n'));
  }

  private static void table(StringBuilder text, String title, JsonArray settings, Ink ink) {
    if (settings.isEmpty()) {
      return;
    }
    if (!title.isEmpty()) {
      text.append("  ").append(title).append('\n');
    }
    Table table = new Table(ink, true);
    table.header(
        List.of(Cell.text("KEY"), Cell.text("VALUE"), Cell.text("DEFAULT"), Cell.text("MEANING")));
    settings.forEach(each -> table.row(row(each.getAsJsonObject())));
    text.append(table.render().indent(4));
  }

  private static List<Cell> row(JsonObject setting) {
    String fallback =
        setting.get("required").getAsBoolean()
            ? "required"
            : setting.get("default").isJsonNull() ? "-" : setting.get("default").getAsString();
    return List.of(
        Cell.text(setting.get("key").getAsString()),
        Cell.text(setting.get("expected").getAsString()),
        Cell.text(fallback),
        Cell.text(setting.get("doc").getAsString()));
  }
}
