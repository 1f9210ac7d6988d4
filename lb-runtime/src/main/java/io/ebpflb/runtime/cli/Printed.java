package io.ebpflb.runtime.cli;

/** Words of others on their way to a terminal. */
final class Printed {

  private Printed() {}

  /** What a plugin or backend said must not move the cursor. */
  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
  }
}
