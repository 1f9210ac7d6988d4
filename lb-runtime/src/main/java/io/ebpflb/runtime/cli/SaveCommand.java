package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "save",
    description = "Write the config in force, with what was changed at run time, over its file.")
final class SaveCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private SocketOption socket;

  @Option(
      names = "--overwrite",
      description = "Even if the file holds an edit that was never in force, which is then lost.")
  private boolean overwrite;

  @Override
  public Integer call() {
    JsonObject body = new JsonObject();
    body.addProperty("overwrite", overwrite);
    JsonObject saved = socket.client().send("POST", "/api/v1/config/save", Optional.of(body));
    spec.commandLine()
        .getOut()
        .println(
            saved.get("file").getAsString() + " holds " + saved.get("config_hash").getAsString());
    return ExitCode.OK;
  }
}
