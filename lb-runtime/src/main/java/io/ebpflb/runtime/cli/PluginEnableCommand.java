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
    name = "enable",
    description = {"Take a disabled plugin into use again."})
final class PluginEnableCommand implements Callable<Integer> {

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
    JsonObject body = new JsonObject();
    body.addProperty("state", "enabled");
    return client.send(
        "PUT", AdminClient.path("/api/v1/plugins/", plugin, "/state"), Optional.of(body));
  }
}
