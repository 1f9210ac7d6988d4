package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "services", description = "List the services of a running balancer.")
final class ServicesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(
        spec.commandLine(), client -> client.get("/api/v1/services"), ServicesCommand::render);
  }

  static String render(JsonObject document, Ink ink, boolean isWide) {
    Table table = new Table(ink, isWide);
    List<Cell> titles = new ArrayList<>(List.of(Cell.text("SERVICE"), Cell.text("LISTEN")));
    titles.addAll(List.of(Cell.text("PROTO"), Cell.number("TAKING"), Cell.number("ACTIVE")));
    if (isWide) {
      titles.addAll(List.of(Cell.text("ALGORITHM"), Cell.text("CHECK"), Cell.text("PROBLEMS")));
    }
    table.header(titles);
    for (JsonElement each : document.getAsJsonArray("services")) {
      table.row(row(each.getAsJsonObject(), ink, isWide));
    }
    return table.render();
  }

  private static List<Cell> row(JsonObject service, Ink ink, boolean isWide) {
    long backends = 0;
    long taking = 0;
    long active = 0;
    for (JsonElement each : service.getAsJsonArray("backends")) {
      JsonObject backend = each.getAsJsonObject();
      boolean isDeparting = backend.get("departing").getAsBoolean();
      backends += isDeparting ? 0 : 1;
      taking += !isDeparting && backend.get("effective_weight").getAsDouble() > 0 ? 1 : 0;
      active += backend.getAsJsonObject("connections").get("active").getAsLong();
    }
    String share = taking + "/" + backends;
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.text(service.get("name").getAsString()));
    cells.add(Cell.text(service.get("listen").getAsString()));
    cells.add(Cell.text(service.get("protocol").getAsString()));
    cells.add(taking > 0 ? Cell.number(share) : new Cell(share, true, ink::bad));
    cells.add(Cell.number(Figures.count(active)));
    if (isWide) {
      JsonElement check = service.get("health_check");
      List<String> problems = new ArrayList<>();
      service.getAsJsonArray("problems").forEach(each -> problems.add(each.getAsString()));
      cells.add(Cell.text(service.get("algorithm").getAsString()));
      cells.add(Cell.text(check.isJsonNull() ? "-" : check.getAsString()));
      cells.add(Cell.text(problems.isEmpty() ? "-" : String.join("; ", problems)));
    }
    return cells;
  }
}
