package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.bench.traffic.TrafficBench;
import io.ebpflb.runtime.bench.traffic.TrafficOptions;
import io.ebpflb.runtime.bench.traffic.TrafficReport;
import io.ebpflb.runtime.bench.traffic.TrafficResults;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "traffic",
    description = {
      "Measure real traffic through ebpf-lb, and through what else could be in its place.",
      "Needs a quiet machine for minutes; networks are made for it and removed."
    })
final class BenchTrafficCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private BenchOutput output;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Slices of each measure, whose median counts; default 5, 3 with --quick.")
  private Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a slice is; default ${DEFAULT-VALUE}.")
  private int seconds = 1;

  @Option(
      names = "--only",
      paramLabel = "NAME,...",
      split = ",",
      description =
          "Measures, contenders and offloads, as the table names them: http,ebpf-lb-tc,default."
              + " Of each kind that is not named, all.")
  private List<String> only = List.of();

  @Option(
      names = "--quick",
      description = "Fewer rounds, and no transfers with four streams: a third of the time.")
  private boolean isQuick;

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    TrafficResults results =
        TrafficBench.run(
            options(),
            BalancerCommand.command(),
            line -> {
              err.println("lb: " + line);
              err.flush();
            });
    TrafficReport report = TrafficReport.of(results);
    output.write(spec.commandLine().getOut(), report::table, report::json);
    return ExitCode.OK;
  }

  private TrafficOptions options() {
    int defaultRounds = isQuick ? TrafficOptions.ROUNDS_QUICK : TrafficOptions.ROUNDS_DEFAULT;
    try {
      return TrafficOptions.of(rounds == null ? defaultRounds : rounds, seconds, only, isQuick);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
