package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "disable",
    description = {"Take a plugin out of use until it is enabled again, over restarts too."})
final class PluginDisableCommand implements Callable<Integer> {

  @Mixin private PluginChange plugin;

  @Option(
      names = "--force",
      description = "Even if services use it: they go on with its last answers.")
  private boolean isForced;

  @Override
  public Integer call() throws InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("state", "disabled");
    body.addProperty("force", isForced);
    return plugin.put("/state", body);
  }
}
