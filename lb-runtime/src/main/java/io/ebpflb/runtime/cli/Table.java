package io.ebpflb.runtime.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in columns as wide as what they hold. Where a narrow table would be too wide, a long first
 * cell has a line of its own before the rest of its row.
 */
final class Table {

  private static final int FIRST_COLUMNS_MIN = 8;
  private static final String GAP = "  ";

  private final List<List<Cell>> rows = new ArrayList<>();
  private final Ink ink;
  private final boolean isWide;

  Table(Ink ink, boolean isWide) {
    this.ink = ink;
    this.isWide = isWide;
  }

  Table header(List<Cell> titles) {
    rows.add(titles.stream().map(each -> new Cell(each.text(), each.right(), ink::dim)).toList());
    return this;
  }

  void row(List<Cell> cells) {
    rows.add(cells);
  }

  String render() {
    int[] widths = new int[rows.get(0).size()];
    for (List<Cell> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).text().length());
      }
    }
    int rest = 0;
    for (int i = 1; i < widths.length; i++) {
      rest += GAP.length() + widths[i];
    }
    if (!isWide && widths[0] + rest > Printed.COLUMNS) {
      widths[0] = Math.max(FIRST_COLUMNS_MIN, Printed.COLUMNS - rest);
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> append(text, row, widths));
    return text.toString();
  }

  private static void append(StringBuilder text, List<Cell> row, int[] widths) {
    Cell first = row.get(0);
    if (first.text().length() > widths[0]) {
      text.append(first.padded(0)).append('\n');
      first = Cell.text("");
    }
    StringBuilder line = new StringBuilder(first.padded(widths[0]));
    for (int i = 1; i < widths.length; i++) {
      line.append(GAP).append(row.get(i).padded(widths[i]));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
