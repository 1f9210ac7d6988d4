package io.ebpflb.runtime.cli;

/** Words of others on their way to a terminal. */
final class Printed {
  static final int COLUMNS = 80;

  private Printed() {}

  /** What a plugin or backend said must not move the cursor. */
  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
  }

  /** Lines of at most {@link #COLUMNS}, broken between words; all but the first are indented. */
  static String wrapped(String text, String indent) {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > COLUMNS) {
        lines.append(line).append('\n');
        line = new StringBuilder(indent).append(word);
      } else {
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
    }
    return lines.append(line).append('\n').toString();
  }
}
