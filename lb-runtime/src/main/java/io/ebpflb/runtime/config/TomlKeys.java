package io.ebpflb.runtime.config;

import java.util.Optional;

/** Reads keys and files values under them, at the top of a line as well as in {@code { … }}. */
final class TomlKeys {
  private TomlKeys() {}

  /** Reads {@code key =} and the blanks behind; the cursor then stands on the value. */
  static String read(TomlCursor cursor, TomlStrings strings, Problems problems, TomlTable table)
      throws TomlSyntaxException {
    int start = cursor.at();
    String key = cursor.bareKey();
    if (key.isEmpty() && (cursor.peek() == '"' || cursor.peek() == '\'')) {
      key = (String) strings.read().value();
      problems.add(start, table.path(), "a key is written without quotes here");
    } else if (key.isEmpty()) {
      throw new TomlSyntaxException(start, "not a key", "expected: key = value");
    }
    cursor.skipBlanks();
    if (cursor.peek() == '.') {
      throw new TomlSyntaxException(
          start,
          "a key with a dot is not supported",
          "write the table: " + key + " = { … }, or [" + key + "]");
    }
    if (!cursor.skip('=')) {
      throw new TomlSyntaxException(
          start, "no = behind " + Printable.cut(key, 63), "expected: key = value");
    }
    cursor.skipBlanks();
    return key;
  }

  static void put(TomlTable table, String key, int offset, TomlNode value, Problems problems) {
    Optional<TomlTable.Entry> earlier = table.find(key);
    if (earlier.isPresent()) {
      problems.add(
          offset,
          table.pathOf(key),
          "is already set in line " + problems.source().line(earlier.get().offset()));
      return;
    }
    table.put(new TomlTable.Entry(key, offset, value, table));
  }
}
