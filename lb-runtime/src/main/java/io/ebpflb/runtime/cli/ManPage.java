package io.ebpflb.runtime.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page, made of what the commands say of themselves, in the language of man(7). */
final class ManPage {
  private final StringBuilder text = new StringBuilder();

  private ManPage() {}

  static String of(CommandSpec root) {
    ManPage page = new ManPage();
    page.macro("TH LB 8");
    page.macro("SH NAME");
    page.line("lb - " + String.join(" ", root.usageMessage().description()));
    page.macro("SH SYNOPSIS");
    page.line("lb COMMAND [OPTION...] [ARGUMENT...]");
    page.macro("SH OPTIONS OF ALL COMMANDS");
    root.options().forEach(page::argument);
    page.macro("SH COMMANDS");
    page.commands("lb", root);
    page.macro("SH EXIT STATUS");
    for (Map.Entry<String, String> code : root.usageMessage().exitCodeList().entrySet()) {
      page.entry(code.getKey(), List.of(code.getValue()));
    }
    return page.text.toString();
  }

  private void commands(String path, CommandSpec parent) {
    for (CommandLine each : parent.subcommands().values()) {
      CommandSpec command = each.getCommandSpec();
      String name = path + " " + command.name();
      macro("SS " + quoted(synopsis(name, command)));
      for (String line : command.usageMessage().description()) {
        line(line);
        macro("br");
      }
      command.positionalParameters().forEach(this::argument);
      command.options().stream().filter(option -> !option.inherited()).forEach(this::argument);
      commands(name, command);
    }
  }

  private static String synopsis(String name, CommandSpec command) {
    StringBuilder synopsis = new StringBuilder(name);
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      boolean isNeeded = parameter.arity().min() > 0;
      synopsis
          .append(isNeeded ? " " : " [")
          .append(parameter.paramLabel())
          .append(isNeeded ? "" : "]");
    }
    return synopsis.toString();
  }

  private void argument(ArgSpec argument) {
    boolean takesValue = argument.arity().max() > 0;
    String name =
        argument instanceof OptionSpec option
            ? String.join(", ", option.names()) + (takesValue ? " " + argument.paramLabel() : "")
            : argument.paramLabel();
    entry(name, Stream.of(argument.description()).map(line -> resolved(argument, line)).toList());
  }

  private void entry(String name, List<String> description) {
    macro("TP");
    line(name);
    description.forEach(this::line);
  }

  private static String resolved(ArgSpec argument, String line) {
    Stream<String> choices =
        StreamSupport.stream(
            Objects.requireNonNullElse(argument.completionCandidates(), List.<String>of())
                .spliterator(),
            false);
    return line.replace("${COMPLETION-CANDIDATES}", choices.collect(Collectors.joining(", ")))
        .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()));
  }

  private void macro(String macro) {
    text.append('.').append(macro).append('\n');
  }

  private static String quoted(String argument) {
    return '"' + escaped(argument).replace("\"", "\\(dq") + '"';
  }

  /** A line that begins with a dot or an apostrophe would be a macro. */
  private void line(String line) {
    text.append("\\&").append(escaped(line)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\n", " ");
  }
}
