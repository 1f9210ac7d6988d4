package io.ebpflb.runtime.cli;

/** What a command's exit code says. */
public final class ExitCode {
  public static final int OK = 0;

  /** A bug of ours; a stack trace was printed. */
  public static final int BUG = 1;

  /** The command line or the config file is wrong. */
  public static final int USAGE = 2;

  /** The machine lacks something that is needed. */
  public static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
