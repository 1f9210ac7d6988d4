package io.ebpflb.runtime.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "man",
    description = {"Print the manual page.", "To read it: lb man | man -l -"})
final class ManCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().print(ManPage.of(spec.root()));
    spec.commandLine().getOut().flush();
  }
}
