package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.Main;
import java.nio.file.Path;
import java.util.List;

/** How a command of ours starts a balancer: a process like this one. */
final class BalancerCommand {
  private BalancerCommand() {}

  /** The launcher that started this process, else the same Java with the same classes. */
  static List<String> command() {
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
