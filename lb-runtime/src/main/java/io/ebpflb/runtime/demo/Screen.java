package io.ebpflb.runtime.demo;

import java.io.PrintWriter;
import java.util.List;

/** Where the demo prints: a terminal, where a table is drawn over and over, or anything else. */
final class Screen {
  private static final String ESCAPE = "\u001b[";

  private final PrintWriter out;
  private final boolean redraws;
  private final boolean colors;
  private int tableLines;

  Screen(PrintWriter out, boolean redraws, boolean colors) {
    this.out = out;
    this.redraws = redraws;
    this.colors = colors;
  }

  /** As this process's standard output and environment suggest. */
  static Screen of(PrintWriter out) {
    String term = System.getenv("TERM");
    boolean isTerminal = System.console() != null && term != null && !term.equals("dumb");
    String noColor = System.getenv("NO_COLOR");
    return new Screen(out, isTerminal, isTerminal && (noColor == null || noColor.isEmpty()));
  }

  void print(String line) {
    tableLines = 0;
    out.println(line);
    out.flush();
  }

  void heading(String text) {
    print("");
    print(colors ? ESCAPE + "1m" + text + ESCAPE + "0m" : text);
  }

  void verdict(boolean isKept, String text) {
    String word = isKept ? "kept  " : "BROKEN";
    print(
        "  "
            + (colors ? ESCAPE + (isKept ? "32m" : "31m") + word + ESCAPE + "0m" : word)
            + "  "
            + text);
  }

  /** Replaces the table that was drawn last; off a terminal only a final one is printed. */
  void table(List<String> lines, boolean isFinal) {
    if (!redraws && !isFinal) {
      return;
    }
    if (redraws && tableLines > 0) {
      out.print(ESCAPE + tableLines + "A" + ESCAPE + "J");
    }
    lines.forEach(out::println);
    out.flush();
    tableLines = isFinal ? 0 : lines.size();
  }
}
