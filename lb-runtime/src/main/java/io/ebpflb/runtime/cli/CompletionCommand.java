package io.ebpflb.runtime.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = {
      "Print what makes bash and zsh complete commands and options.",
      "For this shell alone: source <(lb completion)"
    })
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().print(AutoComplete.bash("lb", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
  }
}
