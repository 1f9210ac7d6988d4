package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.Main;
import io.ebpflb.runtime.demo.Demo;
import java.nio.file.Path;
import java.util.List;
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
    boolean promisesKept = Demo.run(spec.commandLine().getOut(), balancerCommand());
    return promisesKept ? ExitCode.OK : ExitCode.BUG;
  }

  /** The launcher that started this process, else the same Java with the same classes. */
  private static List<String> balancerCommand() {
    String launcher = System.getProperty("lb.launcher");
    if (launcher != null) {
      return List.of(launcher);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName());
  }
}
