package io.ebpflb.runtime.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    description = "Run an operation of a plugin; see: lb plugin operations PLUGIN.")
final class PluginRunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(index = "0", paramLabel = "PLUGIN", description = "Id of the plugin.")
  private String plugin;

  @Parameters(
      index = "1",
      paramLabel = "OPERATION",
      description = "Its words, quoted or joined by hyphens: 'circuit list' or circuit-list.")
  private String operation;

  @Parameters(
      index = "2..*",
      arity = "0..*",
      paramLabel = "KEY=VALUE",
      description = "Arguments of the operation.")
  private Map<String, String> arguments = new LinkedHashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    return view.show(spec.commandLine(), this::result, PluginRunCommand::render);
  }

  private JsonObject result(AdminClient client) {
    JsonObject body = new JsonObject();
    arguments.forEach(body::addProperty);
    String name = operation.replace(' ', '-');
    return client.send(
        "POST",
        AdminClient.path("/api/v1/plugins/", plugin, "/operations/", name),
        Optional.of(body));
  }

  /** A sentence, or a table. */
  static String render(JsonObject result, Ink ink, boolean isWide) {
    JsonArray columns = result.getAsJsonArray("columns");
    if (columns.isEmpty()) {
      return Printed.oneLine(result.get("message").getAsString()) + "\n";
    }
    List<Cell> titles = new ArrayList<>();
    for (JsonElement column : columns) {
      titles.add(title(column.getAsString(), result.getAsJsonArray("rows")));
    }
    Table table = new Table(ink, isWide).header(titles);
    for (JsonElement row : result.getAsJsonArray("rows")) {
      List<Cell> cells = new ArrayList<>();
      columns.forEach(column -> cells.add(cell(value(row, column.getAsString()))));
      table.row(cells);
    }
    return table.render();
  }

  private static Cell title(String column, JsonArray rows) {
    String text = column.replace('-', ' ').toUpperCase(Locale.ROOT);
    boolean isNumber = !rows.isEmpty() && value(rows.get(0), column).isNumber();
    return isNumber ? Cell.number(text) : Cell.text(text);
  }

  private static JsonPrimitive value(JsonElement row, String column) {
    return row.getAsJsonObject().getAsJsonPrimitive(column);
  }

  private static Cell cell(JsonPrimitive value) {
    if (value.isNumber()) {
      return Cell.number(value.getAsString());
    }
    boolean isEmpty = value.isString() && value.getAsString().isEmpty();
    return Cell.text(isEmpty ? "-" : value.getAsString());
  }
}
