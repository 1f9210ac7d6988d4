package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ready",
    description = "Send a backend new flows again, after a drain or maintenance.")
final class ReadyCommand implements Callable<Integer> {

  @Mixin private BackendChange change;

  @Override
  public Integer call() {
    JsonObject body = new JsonObject();
    body.addProperty("state", "ready");
    return change.show(change.put("/state", body));
  }
}
