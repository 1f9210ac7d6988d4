package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "reload",
    description = {
      "Load a plugin anew from its JAR as it is now, even if that is of an older version.",
      "Connections are not touched; what refuses leaves the plugin as it is."
    })
final class PluginReloadCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(paramLabel = "PLUGIN", description = "Id of the plugin.")
  private String plugin;

  @Override
  public Integer call() throws InterruptedException {
    return view.show(
        spec.commandLine(),
        this::change,
        (document, ink, isWide) -> PluginInfoCommand.summary(document));
  }

  private JsonObject change(AdminClient client) {
    return client.send(
        "POST", AdminClient.path("/api/v1/plugins/", plugin, "/reload"), Optional.empty());
  }
}
