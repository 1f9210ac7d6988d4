package io.ebpflb.runtime.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/** The {@code lb} command as the jar has it. */
public final class CommandLineTool {
  private CommandLineTool() {}

  /** Runs a command line to its end and returns its {@link ExitCode}. */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine().setOut(out).setErr(err).execute(args);
  }

  private static CommandLine commandLine() {
    return new CommandLine(new LbCommand())
        .setExecutionExceptionHandler(new Failures())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
  }
}
