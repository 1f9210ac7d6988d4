package io.ebpflb.runtime.cli;

import java.util.function.UnaryOperator;

/**
 * One cell of a table.
 *
 * @param paint colours the text once it is padded: a colour has no width
 */
record Cell(String text, boolean right, UnaryOperator<String> paint) {

  static Cell text(String text) {
    return new Cell(Printed.oneLine(text), false, UnaryOperator.identity());
  }

  static Cell number(String text) {
    return new Cell(text, true, UnaryOperator.identity());
  }

  static Cell painted(String text, UnaryOperator<String> paint) {
    return new Cell(text, false, paint);
  }

  String padded(int width) {
    String blanks = " ".repeat(Math.max(0, width - text.length()));
    return paint.apply(right ? blanks + text : text + blanks);
  }
}
