package io.ebpflb.runtime.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.ebpflb.runtime.plugin.ValidatedJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "validate",
    description = {
      "Say whether a balancer would load plugin JARs, and what they offer.",
      "Needs no running balancer. A JAR without problems is loaded and asked for its extensions."
    })
final class PluginValidateCommand implements Callable<Integer> {

  enum Format {
    TABLE,
    JSON
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "JAR", arity = "1..*", description = "Plugin JARs.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json (default: table).",
      defaultValue = "table")
  private Format format;

  @Override
  public Integer call() throws Exception {
    return Logging.withoutPluginNews(this::validate);
  }

  private int validate() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    JsonArray jars = new JsonArray();
    boolean areUsable = true;
    for (Path file : files) {
      try (ValidatedJar jar = ValidatedJar.of(file)) {
        jars.add(JarReport.of(file, jar));
        areUsable &= jar.problems().isEmpty();
      }
    }
    if (format == Format.JSON) {
      JsonObject document = new JsonObject();
      document.add("jars", jars);
      out.println(
          new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create().toJson(document));
    } else {
      Ink ink = Terminal.wantsColor() ? Ink.COLOR : Ink.PLAIN;
      jars.forEach(jar -> out.print(JarReport.render(jar.getAsJsonObject(), ink)));
    }
    out.flush();
    return areUsable ? ExitCode.OK : ExitCode.USAGE;
  }
}
