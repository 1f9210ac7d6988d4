package io.ebpflb.runtime.config;

/**
 * @param value String, Long, Double or Boolean
 */
record TomlScalar(Object value, int start, int end) implements TomlNode {
  private static final int SHOWN_MAX = 60;

  @Override
  public String describe() {
    if (value instanceof String text) {
      return "the text \"" + Printable.cut(text, SHOWN_MAX) + "\"";
    }
    if (value instanceof Boolean) {
      return value.toString();
    }
    return "the number " + value;
  }
}
