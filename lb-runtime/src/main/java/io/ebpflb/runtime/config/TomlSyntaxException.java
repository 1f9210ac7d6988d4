package io.ebpflb.runtime.config;

/** A place where the text stops being TOML. Cheap: it has no stack trace. */
final class TomlSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final int offset;
  private final String expected;

  TomlSyntaxException(int offset, String what, String expected) {
    super(what, null, false, false);
    this.offset = offset;
    this.expected = expected;
  }

  int offset() {
    return offset;
  }

  String expected() {
    return expected;
  }
}
