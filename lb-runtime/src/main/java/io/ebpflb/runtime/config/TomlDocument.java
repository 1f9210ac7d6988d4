package io.ebpflb.runtime.config;

import java.util.List;

/**
 * A scanned file.
 *
 * @param sections one for each header and one for what stands before the first
 */
record TomlDocument(TomlTable root, List<Section> sections) {

  /**
   * The lines below one header.
   *
   * @param keys what the scanner saw in these lines
   */
  record Section(int start, int end, List<TomlTable.Entry> keys) {}
}
