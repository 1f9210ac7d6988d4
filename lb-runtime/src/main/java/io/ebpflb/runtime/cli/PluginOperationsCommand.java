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

@Command(name = "operations", description = "List what a plugin offers to be run.")
final class PluginOperationsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(paramLabel = "PLUGIN", description = "Id of the plugin.")
  private String plugin;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(
        spec.commandLine(),
        client -> client.get(AdminClient.path("/api/v1/plugins/", plugin, "/operations")),
        PluginOperationsCommand::render);
  }

  /** Below each operation its arguments. */
  static String render(JsonObject document, Ink ink, boolean isWide) {
    Table table = new Table(ink, isWide);
    table.header(
        List.of(Cell.text("OPERATION"), Cell.text("ROLE"), Cell.text("ARGUMENT"), Cell.text("")));
    for (JsonElement each : document.getAsJsonArray("operations")) {
      JsonObject operation = each.getAsJsonObject();
      List<JsonObject> parameters = new ArrayList<>();
      operation.getAsJsonArray("parameters").forEach(one -> parameters.add(one.getAsJsonObject()));
      String name = operation.get("name").getAsString();
      String role = operation.get("role").getAsString();
      if (parameters.isEmpty()) {
        table.row(row(name, role, "", ""));
      }
      for (JsonObject parameter : parameters) {
        table.row(row(name, role, argument(parameter), explanation(parameter)));
        name = "";
        role = "";
      }
    }
    return table.render();
  }

  private static List<Cell> row(String... texts) {
    return List.of(texts).stream().map(Cell::text).toList();
  }

  private static String argument(JsonObject parameter) {
    String key = parameter.get("key").getAsString() + "=";
    return parameter.get("required").getAsBoolean() ? key : "[" + key + "]";
  }

  private static String explanation(JsonObject parameter) {
    String doc = parameter.get("doc").getAsString();
    String expected = parameter.get("expected").getAsString();
    return doc.isEmpty() ? expected : doc + "; " + expected;
  }
}
