package io.ebpflb.runtime.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "help", description = "Show how to use a command.")
final class HelpCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command to explain.")
  private String[] path = {};

  @Override
  public void run() {
    CommandLine explained = spec.root().commandLine();
    for (String name : path) {
      CommandLine next = explained.getSubcommands().get(name);
      if (next == null) {
        throw new ParameterException(spec.commandLine(), "no such command: " + name);
      }
      explained = next;
    }
    explained.usage(spec.commandLine().getOut());
  }
}
