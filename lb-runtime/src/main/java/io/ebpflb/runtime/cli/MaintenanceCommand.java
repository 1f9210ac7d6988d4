package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "maintenance",
    description = "Send a backend no new flows and cut those that run: both ends are reset.")
final class MaintenanceCommand implements Callable<Integer> {

  @Mixin private BackendChange change;

  @Override
  public Integer call() {
    JsonObject body = new JsonObject();
    body.addProperty("state", "maintenance");
    return change.show(change.put("/state", body));
  }
}
