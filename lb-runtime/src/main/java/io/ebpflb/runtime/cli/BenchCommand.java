package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.bench.CostReport;
import io.ebpflb.runtime.bench.PacketBench;
import io.ebpflb.runtime.bench.PacketCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = "Measure what forwarding costs on this machine.",
    subcommands = BenchCommand.Packet.class)
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "what to measure is missing: packet");
  }

  enum Output {
    table,
    json
  }

  @Command(
      name = "packet",
      description = {
        "Measure the cost of each kind of packet, in a network namespace of its own.",
        "No traffic is sent. Takes less than a minute; other load shows in the figures."
      })
  static final class Packet implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
        names = {"-o", "--format"},
        paramLabel = "FORMAT",
        description = "One of: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Output format = Output.table;

    @Option(
        names = "--output",
        paramLabel = "FILE",
        description = "Write the result there instead of printing it.")
    private Path file;

    @Override
    public void run() {
      List<PacketCost> costs = PacketBench.run();
      String report = format == Output.json ? CostReport.json(costs) : CostReport.table(costs);
      if (file == null) {
        spec.commandLine().getOut().print(report);
        spec.commandLine().getOut().flush();
        return;
      }
      write(report);
    }

    private void write(String report) {
      try {
        Files.writeString(file, report);
      } catch (IOException e) {
        throw new EnvironmentException(
            "write %s: %s; name a file in a directory that can be written"
                .formatted(file, e.getClass().getSimpleName()));
      }
    }
  }
}
