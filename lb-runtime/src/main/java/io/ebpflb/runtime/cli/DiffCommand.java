package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigText;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    description = {
      "Say what a config file would change of a running balancer, or with --running what was"
          + " changed of its own file at run time; changes nothing.",
      "Exits with 0 if nothing differs, with 6 if something does."
    })
final class DiffCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The config file.")
  private Path config;

  @Option(
      names = "--running",
      description = "What is in force and not in the file; what operators have set for backends.")
  private boolean isRunning;

  private boolean isSame;

  @Override
  public Integer call() throws ConfigException, InterruptedException {
    if (isRunning == (config != null)) {
      throw new ParameterException(spec.commandLine(), "say either a FILE or --running");
    }
    if (isRunning) {
      view.show(spec.commandLine(), this::changes, ChangesText::render);
    } else {
      String text = ConfigText.read(config).text();
      view.show(spec.commandLine(), client -> diff(client, text), DiffCommand::render);
    }
    return isSame ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  private JsonObject diff(AdminClient client, String text) {
    String path = AdminClient.path("/api/v1/config/diff?file=", config.toString());
    JsonObject document = client.sendToml("POST", path, text, Map.of());
    isSame =
        document.getAsJsonArray("services").isEmpty()
            && document.getAsJsonArray("plugins").isEmpty()
            && document.getAsJsonArray("tables").isEmpty();
    return document;
  }

  private JsonObject changes(AdminClient client) {
    JsonObject document = client.get("/api/v1/config/changes");
    isSame = document.get("saved").getAsBoolean() && document.getAsJsonArray("overrides").isEmpty();
    return document;
  }

  private static String render(JsonObject document, Ink ink, boolean isWide) {
    String text = DiffText.of(document, ink);
    return text.isEmpty() ? "nothing would change\n" : text;
  }
}
