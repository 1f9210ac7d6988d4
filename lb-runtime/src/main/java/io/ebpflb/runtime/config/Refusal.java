package io.ebpflb.runtime.config;

/** A text that is not what it should be. Its message and hint are shown to the operator. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final String expected;

  Refusal(String what, String expected) {
    super(what, null, false, false);
    this.expected = expected;
  }

  String expected() {
    return expected;
  }
}
