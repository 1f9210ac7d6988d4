package io.ebpflb.runtime.cli;

/** The balancer does not do what was asked for; ends with {@link ExitCode#USAGE}. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
