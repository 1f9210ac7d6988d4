package io.ebpflb.runtime.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = "Measure what the balancer costs on this machine.",
    subcommands = {
      BenchPacketCommand.class,
      BenchScaleCommand.class,
      BenchTrafficCommand.class,
      BenchChecksCommand.class
    })
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "what to measure is missing: packet, scale, traffic or checks");
  }
}
