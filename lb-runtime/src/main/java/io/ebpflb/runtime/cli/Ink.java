package io.ebpflb.runtime.cli;

/** Colours for a terminal, or none. */
enum Ink {
  PLAIN(false),
  COLOR(true);

  private static final String RESET = "\033[0m";

  private final boolean colors;

  Ink(boolean colors) {
    this.colors = colors;
  }

  String good(String text) {
    return paint("\033[32m", text);
  }

  String bad(String text) {
    return paint("\033[31m", text);
  }

  String bold(String text) {
    return paint("\033[1m", text);
  }

  String dim(String text) {
    return paint("\033[2m", text);
  }

  private String paint(String code, String text) {
    return colors ? code + text + RESET : text;
  }
}
