package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.bench.checks.ChecksBench;
import io.ebpflb.runtime.bench.checks.ChecksLoad;
import io.ebpflb.runtime.bench.checks.ChecksReport;
import io.ebpflb.runtime.bench.checks.ChecksResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "checks",
    description = {
      "Measure what health checks of 10,000 targets cost, and how soon changes are in force.",
      "Takes two minutes, in network namespaces of its own; other load shows in the figures."
    })
final class BenchChecksCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BenchOutput output;
  @Mixin private PluginsOption plugins;

  @Option(
      names = "--types",
      paramLabel = "TYPE,...",
      split = ",",
      defaultValue = "tcp,http",
      description = "Kinds of checks, one after the other; default ${DEFAULT-VALUE}.")
  private List<String> types;

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    List<ChecksResult> results =
        ChecksBench.run(
            ChecksLoad.FULL,
            types,
            plugins.directory(),
            line -> {
              err.println("lb: " + line);
              err.flush();
            });
    output.write(
        spec.commandLine().getOut(),
        () -> ChecksReport.table(results),
        () -> ChecksReport.json(results));
    return ExitCode.OK;
  }
}
