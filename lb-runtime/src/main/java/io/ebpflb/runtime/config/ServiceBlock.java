package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlDocument.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of one service in a config's text: from each of its headers to the last key below. What
 * is only comments or blank behind that belongs to what follows.
 */
final class ServiceBlock {
  private record Lines(int start, int end) {}

  private final String text;
  private final List<Lines> runs = new ArrayList<>();

  private ServiceBlock(String text, TomlDocument document, TomlTable service) {
    this.text = text;
    List<Section> sections = document.sections();
    int begin = -1;
    for (int i = 1; i < sections.size(); i++) {
      boolean isPart = sections.get(i).table().isWithin(service);
      if (isPart && begin < 0) {
        begin = sections.get(i - 1).end();
      }
      boolean isLast = i + 1 == sections.size() || !sections.get(i + 1).table().isWithin(service);
      if (isPart && isLast) {
        runs.add(new Lines(begin, contentEnd(sections.get(i))));
        begin = -1;
      }
    }
  }

  /** Behind the line of its last key. */
  private int contentEnd(Section section) {
    if (section.keys().isEmpty()) {
      return section.start();
    }
    int last = section.keys().get(section.keys().size() - 1).value().end();
    return lineEnd(last);
  }

  private int lineEnd(int offset) {
    int newline = text.indexOf('\n', offset);
    return newline < 0 ? text.length() : newline + 1;
  }

  /**
   * @param service empty: there is none yet, and the block becomes the last
   */
  static String replace(
      ConfigText config, TomlDocument document, Optional<TomlTable> service, String block) {
    String text = config.source().text();
    TextEdits edits = new TextEdits();
    if (service.isEmpty()) {
      String gap = text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
      edits.replace(text.length(), text.length(), gap + block);
      return edits.apply(config);
    }
    List<Lines> runs = new ServiceBlock(text, document, service.get()).runs;
    edits.replace(runs.get(0).start(), runs.get(0).end(), block);
    runs.stream().skip(1).forEach(run -> edits.replace(run.start(), run.end(), ""));
    return edits.apply(config);
  }

  static String remove(ConfigText config, TomlDocument document, TomlTable service) {
    ServiceBlock block = new ServiceBlock(config.source().text(), document, service);
    TextEdits edits = new TextEdits();
    block.runs.stream()
        .map(block::withSurroundings)
        .forEach(run -> edits.replace(run.start(), run.end(), ""));
    return edits.apply(config);
  }

  /** With the comment right above, and with the blank lines behind or, at the end, before it. */
  private Lines withSurroundings(Lines run) {
    int start = run.start();
    while (start > 0 && lineBefore(start).startsWith("#")) {
      start = lineStartBefore(start);
    }
    int end = run.end();
    while (end < text.length() && text.substring(end, lineEnd(end)).isBlank()) {
      end = lineEnd(end);
    }
    while (end == text.length() && start > 0 && lineBefore(start).isEmpty()) {
      start = lineStartBefore(start);
    }
    return new Lines(start, end);
  }

  private String lineBefore(int lineStart) {
    return text.substring(lineStartBefore(lineStart), lineStart).strip();
  }

  private int lineStartBefore(int lineStart) {
    return text.lastIndexOf('\n', lineStart - 2) + 1;
  }
}
