package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.config.TomlTable.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code [header]} and {@code [[header]]} and finds or makes the table that it names. */
final class TomlHeaders {
  private static final int DEPTH_MAX = 8;

  private final TomlCursor cursor;
  private final Problems problems;
  private final TomlTable root = TomlTable.file();

  TomlHeaders(TomlCursor cursor, Problems problems) {
    this.cursor = cursor;
    this.problems = problems;
  }

  TomlTable root() {
    return root;
  }

  /**
   * Reads up to the closing bracket. A header in conflict with an earlier one is reported; what
   * stands below it then goes to a table that is in no file.
   */
  TomlTable read() throws TomlSyntaxException {
    int start = cursor.at();
    cursor.next();
    boolean list = cursor.skip('[');
    List<String> names = names(start);
    if (!cursor.skip(']') || list && !cursor.skip(']')) {
      throw unfinished(start);
    }
    TomlTable parent = root;
    for (String name : names.subList(0, names.size() - 1)) {
      Optional<TomlTable> next = step(parent, name, start);
      if (next.isEmpty()) {
        return detached(names, start);
      }
      parent = next.get();
    }
    String last = names.get(names.size() - 1);
    Optional<TomlTable> table = list ? element(parent, last, start) : table(parent, last, start);
    table.ifPresent(found -> found.endAt(cursor.at()));
    return table.orElseGet(() -> detached(names, start));
  }

  private List<String> names(int start) throws TomlSyntaxException {
    List<String> names = new ArrayList<>();
    do {
      cursor.skipBlanks();
      String name = cursor.bareKey();
      if (name.isEmpty()) {
        throw unfinished(start);
      }
      names.add(name);
      cursor.skipBlanks();
    } while (cursor.skip('.'));
    if (names.size() > DEPTH_MAX) {
      throw new TomlSyntaxException(start, "nested too deeply", "at most " + DEPTH_MAX + " levels");
    }
    return names;
  }

  private static TomlSyntaxException unfinished(int start) {
    return new TomlSyntaxException(
        start, "not a header", "expected: [name], [name.name] or [[name]]; names without quotes");
  }

  private Optional<TomlTable> step(TomlTable parent, String name, int start) {
    Optional<Entry> entry = parent.find(name);
    if (entry.isEmpty()) {
      return Optional.of(put(parent, name, parent.child(name, 0, Origin.IMPLIED, start), start));
    }
    TomlNode value = entry.get().value();
    if (value instanceof TomlTable table && table.origin() != Origin.INLINE) {
      return Optional.of(table);
    }
    if (value instanceof TomlArray array && array.isOfHeaders()) {
      return Optional.of((TomlTable) array.elements().get(array.elements().size() - 1));
    }
    return refuse(entry.get(), start, "is already set");
  }

  private Optional<TomlTable> table(TomlTable parent, String name, int start) {
    Optional<Entry> entry = parent.find(name);
    if (entry.isEmpty()) {
      return Optional.of(put(parent, name, parent.child(name, 0, Origin.HEADER, start), start));
    }
    TomlNode value = entry.get().value();
    if (value instanceof TomlTable table && table.origin() == Origin.IMPLIED) {
      table.defineAt(start);
      return Optional.of(table);
    }
    boolean list = value instanceof TomlArray array && array.isOfHeaders();
    return refuse(entry.get(), start, list ? "is a list, [[" + name + "]]," : "is already set");
  }

  private Optional<TomlTable> element(TomlTable parent, String name, int start) {
    Optional<Entry> entry = parent.find(name);
    if (entry.isEmpty()) {
      TomlArray array = new TomlArray(true, start, start);
      parent.put(new Entry(name, start, array, parent));
      return Optional.of(add(parent, name, array, start));
    }
    if (entry.get().value() instanceof TomlArray array && array.isOfHeaders()) {
      return Optional.of(add(parent, name, array, start));
    }
    return refuse(entry.get(), start, "is already set, not as a list [[" + name + "]],");
  }

  private static TomlTable add(TomlTable parent, String name, TomlArray array, int start) {
    TomlTable table = parent.child(name, array.elements().size() + 1, Origin.HEADER, start);
    array.add(table);
    return table;
  }

  private static TomlTable put(TomlTable parent, String name, TomlTable table, int start) {
    parent.put(new Entry(name, start, table, parent));
    return table;
  }

  private Optional<TomlTable> refuse(Entry earlier, int start, String what) {
    int line = problems.source().line(earlier.value().start());
    problems.add(start, earlier.path(), what + " in line " + line);
    return Optional.empty();
  }

  private static TomlTable detached(List<String> names, int start) {
    TomlTable table = TomlTable.file();
    for (String name : names) {
      table = table.child(name, 0, Origin.HEADER, start);
    }
    return table;
  }
}
