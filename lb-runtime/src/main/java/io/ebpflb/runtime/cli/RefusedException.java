package io.ebpflb.runtime.cli;

import java.util.List;

/** The balancer does not do what was asked for; ends with {@link ExitCode#USAGE}. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> errors;

  RefusedException(String message) {
    this(message, List.of());
  }

  /**
   * @param errors all that is wrong, to be printed before the message
   */
  RefusedException(String message, List<String> errors) {
    super(message);
    this.errors = List.copyOf(errors);
  }

  List<String> errors() {
    return errors;
  }
}
