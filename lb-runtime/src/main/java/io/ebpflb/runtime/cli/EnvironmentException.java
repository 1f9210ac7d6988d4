package io.ebpflb.runtime.cli;

/**
 * Something outside of us is missing or refuses. The message is one line that names it and a
 * remedy; it is printed without a stack trace and the command exits with {@link
 * ExitCode#ENVIRONMENT}.
 */
public final class EnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public EnvironmentException(String message) {
    super(message);
  }
}
