package io.ebpflb.runtime.cli;

/** What a command's exit code says. */
public final class ExitCode {
  public static final int OK = 0;

  /** A bug of ours; a stack trace was printed. */
  public static final int BUG = 1;

  /** The command line or the config file is wrong, or the balancer refuses what was asked for. */
  public static final int USAGE = 2;

  /** The machine lacks something that is needed, such as a running balancer. */
  public static final int ENVIRONMENT = 3;

  /** What was waited for had not come when its time was over. */
  public static final int TIMED_OUT = 4;

  /** Somebody else has ended what was waited for. */
  public static final int CANCELLED = 5;

  /** What was compared is not the same. */
  public static final int DIFFERENT = 6;

  /** A health check that was asked for failed. */
  public static final int CHECK_FAILED = 7;

  private ExitCode() {}
}
