package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.bench.ScaleBench;
import io.ebpflb.runtime.bench.ScaleReport;
import io.ebpflb.runtime.bench.ScaleResults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "scale",
    description = {
      "Measure how costs grow with flows, backends and CPUs, in a network namespace of its own.",
      "No traffic is sent. Takes some minutes and 2 GB of memory; other load shows in the figures."
    })
final class BenchScaleCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private BenchOutput output;

  @Override
  public void run() {
    ScaleResults results = ScaleBench.run();
    output.write(
        spec.commandLine().getOut(),
        () -> ScaleReport.table(results),
        () -> ScaleReport.json(results));
  }
}
