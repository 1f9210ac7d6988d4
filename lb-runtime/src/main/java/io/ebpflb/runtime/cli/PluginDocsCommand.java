package io.ebpflb.runtime.cli;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.SettingsMarkdown;
import io.ebpflb.runtime.plugin.ValidatedJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "docs",
    description = {
      "Print the documentation of plugin JARs' settings as Markdown.",
      "Needs no running balancer."
    })
final class PluginDocsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "JAR", arity = "1..*", description = "Plugin JARs.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    return Logging.withoutPluginNews(this::print);
  }

  private int print() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    for (Path file : files) {
      try (ValidatedJar jar = ValidatedJar.of(file)) {
        if (!jar.problems().isEmpty()) {
          throw new RefusedException(file.getFileName() + ": " + String.join("; ", jar.problems()));
        }
        out.print(markdown(jar));
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private static String markdown(ValidatedJar jar) {
    String id = jar.identity().orElseThrow().id();
    StringBuilder text = new StringBuilder("# " + id + "\n");
    section(text, "`[plugin." + id + "]`", jar.settings());
    for (Extension<?> extension : jar.extensions()) {
      if (extension.kind() != Extension.Kind.AGENT) {
        section(text, use(extension), extension.configType());
      }
    }
    return text.toString();
  }

  private static void section(StringBuilder text, String title, Class<? extends Record> settings) {
    String table = SettingsMarkdown.table(settings);
    if (!table.isEmpty()) {
      text.append("\n## ").append(title).append("\n\n").append(table);
    }
  }

  /** How a config asks for it. */
  private static String use(Extension<?> extension) {
    String name = extension.name();
    return switch (extension.kind()) {
      case HEALTH_CHECKER -> "`health-check = { type = \"" + name + "\", … }`";
      case TARGET_RESOLVER ->
          name.equals("dns")
              ? "`target = { host = \"…\", … }`"
              : "`target = { resolver = \"" + name + "\", … }`";
      case WEIGHT_MODIFIER, SERVICE_FEATURE -> "`" + name + " = { … }`";
      case AGENT -> throw new IllegalArgumentException(name);
    };
  }
}
