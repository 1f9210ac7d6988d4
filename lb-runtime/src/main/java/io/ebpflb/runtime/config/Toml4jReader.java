package io.ebpflb.runtime.config;

import com.moandjiezana.toml.Toml;
import io.ebpflb.runtime.config.TomlDocument.Section;
import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a scanned file with TOML4J, section by section (its time is quadratic in the text), and
 * proves that each key and value that stands in the text arrived, and nothing else.
 */
final class Toml4jReader {
  private final Problems problems;

  /** Texts of sections that arrived before: whatever stands around them, they do again. */
  private final Set<String> proven;

  Toml4jReader(Problems problems, Set<String> proven) {
    this.problems = problems;
    this.proven = proven;
  }

  void read(TomlDocument document) {
    for (Section section : document.sections()) {
      if (!section.keys().isEmpty()) {
        String text = section.text(problems.source());
        if (!proven.contains(text)) {
          read(section, text);
        }
      }
    }
  }

  private void read(Section section, String text) {
    Entry first = section.keys().get(0);
    Map<String, Object> arrived;
    try {
      arrived = new Toml().read(text).toMap();
    } catch (RuntimeException e) {
      problems.add(first.offset(), first.path(), "the TOML reader refuses this table");
      return;
    }
    for (Entry key : section.keys()) {
      if (!same(key.value(), arrived.get(key.key()))) {
        problems.add(key.offset(), key.path(), "the TOML reader understands this differently");
      }
    }
    if (arrived.size() != section.keys().size()) {
      problems.add(first.offset(), first.path(), "the TOML reader sees other keys in this table");
    }
  }

  private static boolean same(TomlNode seen, Object arrived) {
    if (seen instanceof TomlScalar scalar) {
      return scalar.value().equals(arrived);
    }
    if (seen instanceof TomlArray array) {
      return arrived instanceof List<?> list && sameElements(array.elements(), list);
    }
    return seen instanceof TomlTable table
        && arrived instanceof Map<?, ?> map
        && sameEntries(table.entries(), map);
  }

  private static boolean sameEntries(Collection<Entry> seen, Map<?, ?> arrived) {
    if (seen.size() != arrived.size()) {
      return false;
    }
    for (Entry entry : seen) {
      if (!same(entry.value(), arrived.get(entry.key()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameElements(List<TomlNode> seen, List<?> arrived) {
    if (seen.size() != arrived.size()) {
      return false;
    }
    for (int i = 0; i < arrived.size(); i++) {
      if (!same(seen.get(i), arrived.get(i))) {
        return false;
      }
    }
    return true;
  }
}
