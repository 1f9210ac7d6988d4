package io.ebpflb.plugin.healthhttp;

/** The answer is no HTTP/1 response; the message says what it is instead. */
final class MalformedResponseException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedResponseException(String message) {
    super(message);
  }
}
