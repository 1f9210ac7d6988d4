package io.ebpflb.runtime.admin;

/** The admin endpoint cannot be opened; the message says which part, why, and one remedy. */
public final class AdminException extends RuntimeException {
  private static final long serialVersionUID = 1;

  AdminException(String message) {
    super(message);
  }
}
