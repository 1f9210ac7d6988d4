package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes one plugin and says what became of it. */
final class PluginChange {

  /** Of the command that this is mixed into. */
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private View view;

  @Parameters(paramLabel = "PLUGIN", description = "Id of the plugin.")
  private String plugin;

  int put(String what, JsonObject body) throws InterruptedException {
    return send("PUT", what, Optional.of(body));
  }

  int post(String what) throws InterruptedException {
    return send("POST", what, Optional.empty());
  }

  private int send(String method, String what, Optional<JsonObject> body)
      throws InterruptedException {
    return view.show(
        spec.commandLine(),
        client -> client.send(method, AdminClient.path("/api/v1/plugins/", plugin, what), body),
        (document, ink, isWide) -> PluginInfoCommand.summary(document));
  }
}
