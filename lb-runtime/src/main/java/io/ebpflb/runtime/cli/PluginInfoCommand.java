package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "info",
    description = "Show a plugin of a running balancer: its state, who uses it, its settings.")
final class PluginInfoCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(paramLabel = "PLUGIN", description = "Id of the plugin.")
  private String plugin;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(
        spec.commandLine(),
        client -> client.get(AdminClient.path("/api/v1/plugins/", plugin)),
        PluginInfoCommand::render);
  }

  static String render(JsonObject plugin, Ink ink, boolean isWide) {
    StringBuilder text = new StringBuilder(summary(plugin));
    line(text, "provider", plugin.get("provider").getAsString());
    line(text, "file", plugin.get("file").getAsString());
    line(text, "needs API", plugin.get("requires").getAsString());
    String title = "offers";
    for (JsonElement each : plugin.getAsJsonArray("extensions")) {
      line(text, title, each.getAsString());
      title = "";
    }
    line(text, "used by", joined(plugin, "services"));
    line(text, "failures", plugin.get("failures").getAsString());
    return text + settings(plugin, ink, isWide);
  }

  /** Id, version and state, and the reason if there is one. */
  static String summary(JsonObject plugin) {
    StringBuilder text = new StringBuilder();
    text.append(plugin.get("id").getAsString()).append(' ');
    text.append(plugin.get("version").getAsString()).append(": ");
    text.append(plugin.get("state").getAsString()).append('\n');
    line(text, "reason", Printed.oneLine(plugin.get("reason").getAsString()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append("  %-10s %s%n".formatted(name, value));
    }
  }

  private static String joined(JsonObject plugin, String key) {
    List<String> names = new ArrayList<>();
    plugin.getAsJsonArray(key).forEach(each -> names.add(each.getAsString()));
    return String.join(", ", names);
  }

  private static String settings(JsonObject plugin, Ink ink, boolean isWide) {
    if (plugin.getAsJsonArray("settings").isEmpty()) {
      return "";
    }
    Table table = new Table(ink, isWide);
    table.header(
        List.of(
            Cell.text("OF"),
            Cell.text("KEY"),
            Cell.text("EXPECTED"),
            Cell.text("DEFAULT"),
            Cell.text("")));
    for (JsonElement each : plugin.getAsJsonArray("settings")) {
      JsonObject setting = each.getAsJsonObject();
      List<Cell> cells = new ArrayList<>();
      for (String key : List.of("of", "key", "expected", "default", "doc")) {
        cells.add(Cell.text(setting.get(key).getAsString()));
      }
      table.row(cells);
    }
    return "\n" + table.render();
  }
}
