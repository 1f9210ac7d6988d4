package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "reload",
    description = "Put the config file of a running balancer in force, as a whole or not at all.")
final class ReloadCommand implements Callable<Integer> {

  private static final String PATH = "/api/v1/reload";

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Option(names = "--status", description = "Only say what is in force and how the last try ended.")
  private boolean statusWanted;

  @Override
  public Integer call() throws InterruptedException {
    if (statusWanted) {
      return view.show(
          spec.commandLine(), client -> client.get(PATH), (status, ink, isWide) -> status(status));
    }
    if (view.isWatching()) {
      throw new ParameterException(spec.commandLine(), "--watch goes with --status");
    }
    return view.show(
        spec.commandLine(),
        client -> client.send("POST", PATH, Optional.empty()),
        (result, ink, isWide) -> render(result, ink));
  }

  static String render(JsonObject result, Ink ink) {
    return result.get("outcome").getAsString()
        + ", config "
        + result.get("config_hash").getAsString()
        + "\n"
        + DiffText.of(result, ink);
  }

  private static String status(JsonObject status) {
    StringBuilder text = new StringBuilder(status.get("file").getAsString());
    text.append(status.get("watching").getAsBoolean() ? ", watched\n" : ", not watched\n");
    text.append("  in force: ").append(status.get("config_hash").getAsString()).append('\n');
    if (!status.get("last_attempt").isJsonNull()) {
      JsonObject last = status.getAsJsonObject("last_attempt");
      text.append("  last try: ").append(last.get("outcome").getAsString());
      text.append(", ").append(last.get("at").getAsString());
      text.append(", by ").append(last.get("initiator").getAsString()).append('\n');
      for (JsonElement problem : last.getAsJsonArray("problems")) {
        text.append(problem.getAsString()).append('\n');
      }
    }
    return text.toString();
  }
}
