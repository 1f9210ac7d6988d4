package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description = "Balance real requests between three backends in network namespaces.")
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    boolean promisesKept = Demo.run(spec.commandLine().getOut(), BalancerCommand.command());
    return promisesKept ? ExitCode.OK : ExitCode.BUG;
  }
}
