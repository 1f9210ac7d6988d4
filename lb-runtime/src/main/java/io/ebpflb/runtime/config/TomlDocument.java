package io.ebpflb.runtime.config;

import java.util.List;

/**
 * A scanned file.
 *
 * @param sections one for each header and one for what stands before the first
 * @param comments each from its hash to the line's end, in file order
 */
record TomlDocument(TomlTable root, List<Section> sections, List<Comment> comments) {

  record Comment(int start, int end) {}

  /**
   * The lines below one header.
   *
   * @param table what the header names
   * @param keys what the scanner saw in these lines
   */
  record Section(TomlTable table, int start, int end, List<TomlTable.Entry> keys) {
    String text(SourceText source) {
      return source.text().substring(start, end);
    }
  }
}
