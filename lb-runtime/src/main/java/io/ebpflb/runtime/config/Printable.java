package io.ebpflb.runtime.config;

/** Makes text from a file safe to print on a terminal. */
final class Printable {
  private Printable() {}

  /** Tabs become blanks, everything that does not print or that reorders text a question mark. */
  static String text(String raw) {
    StringBuilder out = null;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      char shown = c == '\t' ? ' ' : prints(raw, i) ? c : '?';
      if (shown != c && out == null) {
        out = new StringBuilder(raw);
      }
      if (out != null) {
        out.setCharAt(i, shown);
      }
    }
    return out == null ? raw : out.toString();
  }

  /** At most {@code lengthMax} characters of the text. */
  static String cut(String raw, int lengthMax) {
    if (raw.length() <= lengthMax) {
      return raw;
    }
    int end = Character.isHighSurrogate(raw.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
    return raw.substring(0, end) + "…";
  }

  private static boolean prints(String raw, int i) {
    char c = raw.charAt(i);
    if (c >= ' ' && c < 0x7f) {
      return true;
    }
    if (Character.isHighSurrogate(c)) {
      return i + 1 < raw.length() && Character.isLowSurrogate(raw.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(raw.charAt(i - 1));
    }
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.PRIVATE_USE
        && type != Character.UNASSIGNED;
  }
}
