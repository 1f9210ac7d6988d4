package io.ebpflb.runtime.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reload",
    description = {
      "Load a plugin anew from its JAR as it is now, even if that is of an older version.",
      "Connections are not touched; what refuses leaves the plugin as it is."
    })
final class PluginReloadCommand implements Callable<Integer> {

  @Mixin private PluginChange plugin;

  @Override
  public Integer call() throws InterruptedException {
    return plugin.post("/reload");
  }
}
