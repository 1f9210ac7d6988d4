package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "plugin",
    description = "Look at plugins, change them, and run what they offer.",
    subcommands = {
      PluginCommand.ListCommand.class,
      PluginInfoCommand.class,
      PluginReloadCommand.class,
      PluginEnableCommand.class,
      PluginDisableCommand.class,
      PluginOperationsCommand.class,
      PluginRunCommand.class,
      PluginValidateCommand.class,
      PluginDocsCommand.class,
    })
final class PluginCommand implements Runnable {
  private static final int NAMES_COLUMNS = 32;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(name = "list", description = "List the plugins of a running balancer.")
  static final class ListCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private View view;

    @Override
    public Integer call() throws InterruptedException {
      return view.show(
          spec.commandLine(), client -> client.get("/api/v1/plugins"), PluginCommand::render);
    }
  }

  static String render(JsonObject document, Ink ink, boolean isWide) {
    Table table = new Table(ink, isWide);
    List<Cell> titles = new ArrayList<>(List.of(Cell.text("PLUGIN"), Cell.text("VERSION")));
    titles.addAll(List.of(Cell.text("STATE"), Cell.text("EXTENSIONS")));
    if (isWide) {
      titles.addAll(List.of(Cell.text("PROVIDER"), Cell.text("REASON")));
    }
    table.header(titles);
    for (JsonElement each : document.getAsJsonArray("plugins")) {
      row(table, each.getAsJsonObject(), ink, isWide);
    }
    return isWide ? table.render() : table.render() + reasons(document);
  }

  private static void row(Table table, JsonObject plugin, Ink ink, boolean isWide) {
    String state = plugin.get("state").getAsString();
    List<String> extensions = extensions(plugin, isWide);
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.text(plugin.get("id").getAsString()));
    cells.add(Cell.text(plugin.get("version").getAsString()));
    cells.add(state.equals("started") ? Cell.text(state) : Cell.painted(state, ink::bad));
    cells.add(Cell.text(extensions.get(0)));
    if (isWide) {
      cells.add(Cell.text(plugin.get("provider").getAsString()));
      cells.add(Cell.text(Printed.oneLine(plugin.get("reason").getAsString())));
    }
    table.row(cells);
    Cell none = Cell.text("");
    extensions.stream()
        .skip(1)
        .forEach(more -> table.row(List.of(none, none, none, Cell.text(more))));
  }

  /** Lines of a cell: one with all that is known of them, or some with their names alone. */
  private static List<String> extensions(JsonObject plugin, boolean isWide) {
    List<String> labels = new ArrayList<>();
    for (JsonElement each : plugin.getAsJsonArray("extensions")) {
      String label = each.getAsString();
      labels.add(isWide ? label : label.replaceAll(".* \"(.*)\"", "$1"));
    }
    if (labels.isEmpty()) {
      return List.of("-");
    }
    String all = String.join(", ", labels);
    return isWide ? List.of(all) : Printed.wrapped(all, NAMES_COLUMNS);
  }

  /** A line of its own for each plugin that there is something to say of: reasons are long. */
  private static String reasons(JsonObject document) {
    StringBuilder lines = new StringBuilder();
    for (JsonElement each : document.getAsJsonArray("plugins")) {
      JsonObject plugin = each.getAsJsonObject();
      String reason = Printed.oneLine(plugin.get("reason").getAsString());
      if (!reason.isEmpty()) {
        String id = plugin.get("id").getAsString();
        String name = id + " " + plugin.get("version").getAsString() + ": ";
        String all = reason.startsWith(id) ? reason : name + reason;
        lines.append(String.join("\n  ", Printed.wrapped(all, Printed.COLUMNS - 2))).append('\n');
      }
    }
    return lines.isEmpty() ? "" : "\n" + lines;
  }
}
