package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "flows", description = "List flows and count all that match, or cut them.")
final class FlowsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Option(names = "--service", paramLabel = "SERVICE", description = "Those of this service.")
  private String service;

  @Option(
      names = "--backend",
      paramLabel = "BACKEND",
      description = "Those of this backend: 10.0.0.1:8080 or [2001:db8::1]:80.")
  private String backend;

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      description = "How many to list (default: ${DEFAULT-VALUE}); 0 only counts.",
      defaultValue = "100")
  private int limit;

  @Option(
      names = "--kill",
      description =
          "Cut all that match: each end of a TCP connection gets a reset by its next packet.")
  private boolean kill;

  @Override
  public Integer call() throws InterruptedException {
    if (!kill) {
      String path = AdminClient.path("/api/v1/flows?limit=", Integer.toString(limit)) + filter("&");
      return view.show(spec.commandLine(), client -> client.get(path), FlowsCommand::render);
    }
    if (view.isWatching()) {
      throw new ParameterException(spec.commandLine(), "say either --kill or --watch");
    }
    if (service == null && backend == null) {
      throw new ParameterException(spec.commandLine(), "say which: --service, --backend or both");
    }
    String path = "/api/v1/flows?" + filter("");
    return view.show(
        spec.commandLine(),
        client -> client.send("DELETE", path, Optional.empty()),
        (document, ink, isWide) -> count(document.get("killed").getAsLong()) + " cut\n");
  }

  /**
   * @param before what is before the first condition
   */
  private String filter(String before) {
    StringJoiner conditions = new StringJoiner("&", before, "").setEmptyValue("");
    if (service != null) {
      conditions.add(AdminClient.path("service=", service));
    }
    if (backend != null) {
      conditions.add(AdminClient.path("backend=", backend));
    }
    return conditions.toString();
  }

  /** The last line tells how many there are. */
  static String render(JsonObject document, Ink ink, boolean isWide) {
    List<JsonObject> flows = new ArrayList<>();
    document.getAsJsonArray("flows").forEach(each -> flows.add(each.getAsJsonObject()));
    long matching = document.get("matching").getAsLong();
    String count = flows.size() + " of " + count(matching) + "\n";
    return flows.isEmpty() ? count : table(flows, ink, isWide) + count;
  }

  private static String count(long flows) {
    return flows + (flows == 1 ? " flow" : " flows");
  }

  private static String table(List<JsonObject> flows, Ink ink, boolean isWide) {
    Table table = new Table(ink, isWide);
    List<Cell> titles = new ArrayList<>(List.of(Cell.text("CLIENT"), Cell.text("SERVICE")));
    titles.addAll(List.of(Cell.text("BACKEND"), Cell.text("STATE"), Cell.number("IDLE")));
    if (isWide) {
      titles.addAll(List.of(Cell.text("PROTO"), Cell.text("LISTENER")));
    }
    table.header(titles);
    for (JsonObject flow : flows) {
      List<Cell> cells = new ArrayList<>();
      for (String name : List.of("client", "service", "backend", "state")) {
        cells.add(cell(flow.get(name)));
      }
      cells.add(Cell.number(flow.get("idle_seconds").getAsLong() + "s"));
      if (isWide) {
        cells.addAll(List.of(cell(flow.get("protocol")), cell(flow.get("listener"))));
      }
      table.row(cells);
    }
    return table.render();
  }

  private static Cell cell(JsonElement value) {
    return Cell.text(value.getAsString());
  }
}
