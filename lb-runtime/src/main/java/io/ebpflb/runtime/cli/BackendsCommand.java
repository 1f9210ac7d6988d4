package io.ebpflb.runtime.cli;

import com.google.gson.JsonArray;
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

@Command(name = "backends", description = "List the backends of one service, or of all.")
final class BackendsCommand implements Callable<Integer> {

  private static final String NOTHING = "-";

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "Name of the service; all services if none is named.")
  private String service;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(spec.commandLine(), this::document, BackendsCommand::render);
  }

  private JsonObject document(AdminClient client) {
    if (service == null) {
      return client.get("/api/v1/services");
    }
    JsonArray services = new JsonArray();
    services.add(client.get(AdminClient.path("/api/v1/services/", service)));
    JsonObject document = new JsonObject();
    document.add("services", services);
    return document;
  }

  static String render(JsonObject document, Ink ink, boolean isWide) {
    StringBuilder text = new StringBuilder();
    for (JsonElement each : document.getAsJsonArray("services")) {
      JsonObject found = each.getAsJsonObject();
      text.append(text.isEmpty() ? "" : "\n");
      text.append(ink.bold(found.get("name").getAsString())).append('\n');
      Table table = new Table(ink, isWide).header(titles(isWide));
      found.getAsJsonArray("backends").forEach(one -> table.row(row(one, ink, isWide)));
      text.append(table.render());
    }
    return text.toString();
  }

  private static List<Cell> titles(boolean isWide) {
    List<Cell> titles = new ArrayList<>(List.of(Cell.text("BACKEND"), Cell.text("ADMIN")));
    titles.addAll(List.of(Cell.text("HEALTH"), Cell.number("WEIGHT"), Cell.number("NOW")));
    titles.addAll(List.of(Cell.number("ACTIVE"), Cell.number("TOTAL")));
    if (isWide) {
      titles.addAll(List.of(Cell.number("REFUSED"), Cell.number("UNANSWERED")));
      titles.addAll(List.of(Cell.number("BYTES IN"), Cell.number("BYTES OUT")));
      titles.addAll(List.of(Cell.number("LATENCY"), Cell.text("LAST CHECK")));
    }
    return titles;
  }

  private static List<Cell> row(JsonElement element, Ink ink, boolean isWide) {
    JsonObject backend = element.getAsJsonObject();
    boolean isDeparting = backend.get("departing").getAsBoolean();
    JsonObject connections = backend.getAsJsonObject("connections");
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.text(backend.get("name").getAsString()));
    if (isDeparting) {
      cells.addAll(List.of(Cell.text("departing"), Cell.text(NOTHING)));
      cells.addAll(List.of(Cell.number(NOTHING), Cell.number(NOTHING)));
    } else {
      cells.add(Cell.text(backend.get("admin_state").getAsString()));
      cells.add(health(backend, ink));
      cells.add(weight(backend));
      cells.add(Cell.number(Figures.weight(backend.get("effective_weight").getAsDouble())));
    }
    cells.add(count(connections, "active"));
    cells.add(count(connections, "total"));
    if (isWide) {
      cells.addAll(List.of(count(connections, "refused"), count(connections, "unanswered")));
      JsonObject traffic = backend.getAsJsonObject("traffic");
      cells.addAll(List.of(count(traffic, "bytes_in"), count(traffic, "bytes_out")));
      cells.addAll(
          isDeparting ? List.of(Cell.number(NOTHING), Cell.text(NOTHING)) : check(backend));
    }
    return cells;
  }

  private static Cell count(JsonObject counts, String name) {
    return Cell.number(Figures.count(counts.get(name).getAsLong()));
  }

  /** What an operator put in place of the checks' verdict is marked. */
  private static Cell health(JsonObject backend, Ink ink) {
    String forced = backend.get("forced_health").getAsString();
    String state = backend.getAsJsonObject("health").get("state").getAsString();
    String shown = forced.equals("auto") ? state : forced;
    return Cell.painted(
        forced.equals("auto") ? state : forced + " (forced)",
        text ->
            switch (shown) {
              case "up" -> ink.good(text);
              case "down" -> ink.bad(text);
              default -> text;
            });
  }

  /** With a star if it is an operator's. */
  private static Cell weight(JsonObject backend) {
    JsonElement override = backend.get("weight_override");
    return Cell.number(
        override.isJsonNull()
            ? Figures.weight(backend.get("configured_weight").getAsDouble())
            : Figures.weight(override.getAsDouble()) + "*");
  }

  private static List<Cell> check(JsonObject backend) {
    JsonObject health = backend.getAsJsonObject("health");
    String detail = health.get("detail").getAsString();
    return health.get("checked_at").isJsonNull()
        ? List.of(Cell.number(NOTHING), Cell.text(NOTHING))
        : List.of(
            Cell.number(Figures.millis(health.get("latency_ms").getAsDouble())), Cell.text(detail));
  }
}
