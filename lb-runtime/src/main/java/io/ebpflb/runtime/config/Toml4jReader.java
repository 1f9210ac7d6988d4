package io.ebpflb.runtime.config;

import com.moandjiezana.toml.Toml;
import io.ebpflb.runtime.config.TomlDocument.Section;
import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Reads a scanned file with TOML4J, section by section (its time is quadratic in the text), and
 * proves that each key and value that stands in the text arrived, and nothing else.
 */
final class Toml4jReader {
  private final Problems problems;

  Toml4jReader(Problems problems) {
    this.problems = problems;
  }

  void read(TomlDocument document) {
    document.sections().forEach(this::read);
  }

  private void read(Section section) {
    if (section.keys().isEmpty()) {
      return;
    }
    Entry first = section.keys().get(0);
    Map<String, Object> arrived;
    try {
      arrived =
          new Toml()
              .read(problems.source().text().substring(section.start(), section.end()))
              .toMap();
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
