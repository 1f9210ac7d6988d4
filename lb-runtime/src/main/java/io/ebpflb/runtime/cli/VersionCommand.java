package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Print the version, and what it runs on.")
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine()
        .getOut()
        .printf(
            "ebpf-lb %s (Java %s, Linux %s %s)%n",
            Version.current(),
            System.getProperty("java.version"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }
}
