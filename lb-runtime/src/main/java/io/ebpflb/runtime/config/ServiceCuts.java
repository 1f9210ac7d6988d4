package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A text cut before each line that begins with {@code [[service]]}, without reading it. In a good
 * text without strings over several lines such a line is nothing but the header of a service.
 */
final class ServiceCuts {
  static final String HEADER = "[[service]]";

  /**
   * Several lines of a text.
   *
   * @param isService whether they begin with the header of a service
   * @param isPure whether they hold no header of anything that is not a part of this service
   */
  record Piece(String text, boolean isService, boolean isPure) {}

  private final String text;
  private final List<Piece> pieces = new ArrayList<>();
  private int start;
  private boolean isService;
  private boolean isPure;

  private ServiceCuts(String text) {
    this.text = text;
  }

  /** All of the text in its order; in a single piece if it cannot be cut unread. */
  static List<Piece> of(SourceText source) {
    String text = source.text();
    if (text.contains("\"\"\"") || text.contains("'''")) {
      return List.of(new Piece(text, false, false));
    }
    return new ServiceCuts(text).cut(source);
  }

  private List<Piece> cut(SourceText source) {
    for (int line = 1; line <= source.lines(); line++) {
      int lineStart = source.lineStart(line);
      int at = lineStart;
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
      if (at == text.length() || text.charAt(at) != '[') {
        continue;
      }
      if (at == lineStart && text.startsWith(HEADER, at)) {
        end(lineStart);
        isService = true;
        isPure = true;
      } else if (!text.startsWith("[[service.", at) && !text.startsWith("[service.", at)) {
        isPure = false;
      }
    }
    end(text.length());
    return pieces;
  }

  private void end(int offset) {
    if (offset > start) {
      pieces.add(new Piece(text.substring(start, offset), isService, isPure));
    }
    start = offset;
  }
}
