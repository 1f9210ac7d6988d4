package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.bench.CostReport;
import io.ebpflb.runtime.bench.PacketBench;
import io.ebpflb.runtime.bench.PacketCost;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "packet",
    description = {
      "Measure the cost of each kind of packet, in a network namespace of its own.",
      "No traffic is sent. Takes less than a minute; other load shows in the figures."
    })
final class BenchPacketCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private BenchOutput output;

  @Override
  public void run() {
    List<PacketCost> costs = PacketBench.run();
    output.write(
        spec.commandLine().getOut(), () -> CostReport.table(costs), () -> CostReport.json(costs));
  }
}
