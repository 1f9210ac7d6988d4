package io.ebpflb.runtime.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "check-now",
    description = {
      "Check a backend now, or all of a service, beside the schedule.",
      "Exits with 7 if a check failed."
    })
final class CheckNowCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private SocketOption socket;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide or json (default: table).",
      defaultValue = "table")
  private OutputFormat format;

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BACKEND",
      description = "Address and port of the backend; all backends if none is named.")
  private String backend;

  @Override
  public Integer call() {
    JsonObject document = check(socket.client());
    List<JsonObject> checked =
        StreamSupport.stream(document.getAsJsonArray("backends").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .filter(CheckNowCommand::isChecked)
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    if (format == OutputFormat.JSON) {
      out.println(View.json(document));
    } else {
      Ink ink = Terminal.wantsColor() ? Ink.COLOR : Ink.PLAIN;
      out.print(render(checked, ink, format == OutputFormat.WIDE));
    }
    out.flush();
    return checked.stream().anyMatch(CheckNowCommand::hasFailed)
        ? ExitCode.CHECK_FAILED
        : ExitCode.OK;
  }

  private JsonObject check(AdminClient client) {
    if (backend == null) {
      String path = AdminClient.path("/api/v1/services/", service, "/check");
      return client.send("POST", path, Optional.empty());
    }
    String path = AdminClient.path("/api/v1/services/", service, "/backends/", backend, "/check");
    JsonArray backends = new JsonArray();
    backends.add(client.send("POST", path, Optional.empty()));
    JsonObject document = new JsonObject();
    document.add("backends", backends);
    return document;
  }

  /** A backend that is leaving has no check any more. */
  private static boolean isChecked(JsonObject backend) {
    return backend.has("health_check") && !backend.get("health_check").isJsonNull();
  }

  private static boolean hasFailed(JsonObject backend) {
    JsonObject health = backend.getAsJsonObject("health");
    return !health.get("last_error_at").isJsonNull()
        && health.get("last_error_at").equals(health.get("checked_at"));
  }

  private static String render(List<JsonObject> backends, Ink ink, boolean isWide) {
    Table table = new Table(ink, isWide);
    table.header(
        List.of(
            Cell.text("BACKEND"),
            Cell.text("HEALTH"),
            Cell.text("CHECK"),
            Cell.number("LATENCY"),
            Cell.text("RESULT")));
    for (JsonObject backend : backends) {
      JsonObject health = backend.getAsJsonObject("health");
      boolean failed = hasFailed(backend);
      table.row(
          List.of(
              Cell.text(backend.get("name").getAsString()),
              Cell.text(health.get("state").getAsString()),
              Cell.painted(failed ? "failed" : "passed", failed ? ink::bad : ink::good),
              Cell.number(Figures.millis(health.get("latency_ms").getAsDouble())),
              Cell.text(health.get("detail").getAsString())));
    }
    return table.render();
  }
}
