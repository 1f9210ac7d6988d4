package io.ebpflb.plugin.healthhttp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A status line and header fields. Lines end with CRLF or, from simple servers, with LF alone. */
final class HttpHeader {
  private final List<String> lines;

  private HttpHeader(List<String> lines) {
    this.lines = lines;
  }

  /**
   * @return where the body starts, or -1 while the header is not complete
   */
  static int end(String text, int start) {
    int line = start;
    for (int newline = text.indexOf('\n', line); newline >= 0; ) {
      int length = newline - line;
      if (length == 0 || length == 1 && text.charAt(line) == '\r') {
        return newline + 1;
      }
      line = newline + 1;
      newline = text.indexOf('\n', line);
    }
    return -1;
  }

  static HttpHeader of(String text) {
    return new HttpHeader(text.lines().toList());
  }

  String firstLine() {
    return lines.get(0);
  }

  /** The first field of this name, in lower case. */
  Optional<String> find(String name) {
    String prefix = name + ":";
    return lines.stream()
        .skip(1)
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst();
  }
}
