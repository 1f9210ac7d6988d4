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
      JsonObject plugin = each.getAsJsonObject();
      List<String> extensions = new ArrayList<>();
      plugin.getAsJsonArray("extensions").forEach(one -> extensions.add(one.getAsString()));
      String state = plugin.get("state").getAsString();
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.text(plugin.get("id").getAsString()));
      cells.add(Cell.text(plugin.get("version").getAsString()));
      cells.add(state.equals("started") ? Cell.text(state) : Cell.painted(state, ink::bad));
      cells.add(Cell.text(extensions.isEmpty() ? "-" : String.join(", ", extensions)));
      if (isWide) {
        cells.add(Cell.text(plugin.get("provider").getAsString()));
        cells.add(Cell.text(Printed.oneLine(plugin.get("reason").getAsString())));
      }
      table.row(cells);
    }
    return isWide ? table.render() : table.render() + reasons(document);
  }

  /** A line of its own for each plugin that there is something to say of: reasons are long. */
  private static String reasons(JsonObject document) {
    StringBuilder lines = new StringBuilder();
    for (JsonElement each : document.getAsJsonArray("plugins")) {
      JsonObject plugin = each.getAsJsonObject();
      String reason = Printed.oneLine(plugin.get("reason").getAsString());
      if (!reason.isEmpty()) {
        String name = plugin.get("id").getAsString() + " " + plugin.get("version").getAsString();
        lines.append(Printed.wrapped(name.strip() + ": " + reason, "  "));
      }
    }
    return lines.isEmpty() ? "" : "\n" + lines;
  }
}
