package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    description = {
      "Say what a config file would change of a running balancer; changes nothing.",
      "Exits with 0 if no service would change, with 6 if one would."
    })
final class DiffCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private View view;

  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path config;

  private boolean isSame;

  @Override
  public Integer call() throws ConfigException, InterruptedException {
    String text = ConfigText.read(config).text();
    view.show(spec.commandLine(), client -> diff(client, text), DiffCommand::render);
    return isSame ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  private JsonObject diff(AdminClient client, String text) {
    JsonObject document = client.postToml("/api/v1/config/diff", text);
    isSame = document.getAsJsonArray("services").isEmpty();
    return document;
  }

  private static String render(JsonObject document, Ink ink, boolean isWide) {
    String text = DiffText.of(document, ink);
    return text.isEmpty() ? "no service would change\n" : text;
  }
}
