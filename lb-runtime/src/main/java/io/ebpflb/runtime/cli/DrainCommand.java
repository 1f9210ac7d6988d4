package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "drain",
    description = {
      "Send a backend no new flows; those that run go on.",
      "With --wait exits with 4 if flows are left after the timeout, with 5 if it was cancelled."
    })
final class DrainCommand implements Callable<Integer> {

  @Mixin private BackendChange change;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long running flows may take: 30s, 5m (default: the service's own).")
  private String timeout;

  @Option(names = "--wait", description = "Wait for the last flow, or for the timeout.")
  private boolean wait;

  @Override
  public Integer call() throws InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("state", "drain");
    if (timeout != null) {
      body.addProperty("timeout", timeout);
    }
    JsonObject backend = change.put("/state", body);
    return wait ? change.awaitDrain() : change.show(backend);
  }
}
