package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Show what a running balancer does: services, backends, health, connections.")
final class StatusCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(
        spec.commandLine(),
        StatusCommand::status,
        (status, ink, isWide) -> new StatusTable(ink, Clock.systemUTC()).render(status));
  }

  private static JsonObject status(AdminClient client) {
    JsonObject status = client.get("/api/v1/status");
    status.add("services", client.get("/api/v1/services").get("services"));
    status.add("reload", client.get("/api/v1/reload"));
    return status;
  }
}
