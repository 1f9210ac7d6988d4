package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "flows", description = "List flows, and count all that match.")
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

  @Override
  public Integer call() throws InterruptedException {
    return view.show(spec.commandLine(), client -> client.get(path()), FlowsCommand::render);
  }

  private String path() {
    return AdminClient.path("/api/v1/flows?limit=", Integer.toString(limit))
        + (service == null ? "" : AdminClient.path("&service=", service))
        + (backend == null ? "" : AdminClient.path("&backend=", backend));
  }

  /** The last line tells how many there are. */
  static String render(JsonObject document, Ink ink, boolean isWide) {
    List<JsonObject> flows = new ArrayList<>();
    document.getAsJsonArray("flows").forEach(each -> flows.add(each.getAsJsonObject()));
    long matching = document.get("matching").getAsLong();
    String count = flows.size() + " of " + matching + (matching == 1 ? " flow\n" : " flows\n");
    return flows.isEmpty() ? count : table(flows, ink, isWide) + count;
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
