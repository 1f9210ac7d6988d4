package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "enable",
    description = {"Take a disabled plugin into use again."})
final class PluginEnableCommand implements Callable<Integer> {

  @Mixin private PluginChange plugin;

  @Override
  public Integer call() throws InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("state", "enabled");
    return plugin.put("/state", body);
  }
}
