package io.ebpflb.runtime.cli;

import java.io.PrintWriter;

/** The {@code lb} command as the jar has it. */
public final class CommandLineTool {
  private CommandLineTool() {}

  /** Runs a command line to its end and returns its {@link ExitCode}. */
  public static int run(String... args) {
    return LbCommand.commandLine(args).execute(args);
  }

  static int run(PrintWriter out, PrintWriter err, String... args) {
    return LbCommand.commandLine(args).setOut(out).setErr(err).execute(args);
  }
}
