package io.ebpflb.runtime.cli;

import java.util.ArrayList;
import java.util.List;

/** Words of others on their way to a terminal. */
final class Printed {
  static final int COLUMNS = 80;

  private Printed() {}

  /** What a plugin or backend said must not move the cursor. */
  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
  }

  /** Lines of at most so many columns, broken between words. */
  static List<String> wrapped(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
