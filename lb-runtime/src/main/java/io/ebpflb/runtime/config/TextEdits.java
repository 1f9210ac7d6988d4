package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Replacements of parts of a config's text; everything else stays byte for byte. */
final class TextEdits {
  private record Edit(int start, int end, String text) {}

  private final List<Edit> edits = new ArrayList<>();

  /**
   * Offsets are those of {@link SourceText}, of parts that do not overlap.
   *
   * @param text with the line ends of {@link SourceText}
   */
  void replace(int start, int end, String text) {
    edits.add(new Edit(start, end, text));
  }

  /** Replacements get the line ends that the text has. */
  String apply(ConfigText to) {
    String raw = to.text();
    boolean hasReturns = raw.contains("\r\n");
    StringBuilder out = new StringBuilder(raw.length());
    int at = 0;
    int offset = 0;
    edits.sort(Comparator.comparingInt(Edit::start));
    for (Edit edit : edits) {
      int start = advance(raw, at, edit.start() - offset);
      out.append(raw, at, start);
      out.append(hasReturns ? edit.text().replace("\n", "\r\n") : edit.text());
      at = advance(raw, start, edit.end() - edit.start());
      offset = edit.end();
    }
    return out.append(raw, at, raw.length()).toString();
  }

  /** Behind so many characters, where both characters of a line end count as one. */
  private static int advance(String raw, int from, int count) {
    int at = from;
    for (int left = count; left > 0; left--) {
      at += raw.startsWith("\r\n", at) ? 2 : 1;
    }
    return at;
  }
}
