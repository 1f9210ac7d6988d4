package io.ebpflb.runtime.config;

/** Reads one value of any kind. What can be read in spite of a mistake is read on. */
final class TomlValues {
  static final int DEPTH_MAX = 12;

  private final TomlCursor cursor;
  private final Problems problems;
  private final TomlStrings strings;
  private final TomlWords words;

  TomlValues(TomlCursor cursor, Problems problems) {
    this.cursor = cursor;
    this.problems = problems;
    this.strings = new TomlStrings(cursor);
    this.words = new TomlWords(cursor);
  }

  TomlNode read(TomlTable owner, String key) throws TomlSyntaxException {
    return value(owner, key, 0, 0);
  }

  private TomlNode value(TomlTable owner, String key, int index, int depth)
      throws TomlSyntaxException {
    if (depth > DEPTH_MAX) {
      throw new TomlSyntaxException(
          cursor.at(), "nested too deeply", "at most " + DEPTH_MAX + " levels");
    }
    return switch (cursor.peek()) {
      case '"', '\'' -> strings.read();
      case '[' -> array(owner, key, depth);
      case '{' -> inlineTable(owner, key, index, depth);
      default -> words.read();
    };
  }

  private TomlArray array(TomlTable owner, String key, int depth) throws TomlSyntaxException {
    int start = cursor.at();
    TomlArray array = new TomlArray(false, start, start);
    cursor.next();
    cursor.skipEmptyLines();
    while (!cursor.skip(']')) {
      refuseUnclosed(start, "list", "]");
      int index = array.elements().size() + 1;
      TomlNode element = value(owner, key, index, depth + 1);
      refuseMixed(array, element, owner, key);
      array.add(element);
      cursor.skipEmptyLines();
      if (!cursor.skip(',') && cursor.peek() != ']') {
        refuseUnclosed(start, "list", "]");
        problems.add(cursor.at(), owner.pathOf(key), "no comma between two values of a list");
      }
      cursor.skipEmptyLines();
    }
    array.endAt(cursor.at());
    return array;
  }

  private void refuseUnclosed(int start, String kind, String closing) throws TomlSyntaxException {
    boolean nextStatement =
        cursor.line(cursor.at()) > cursor.line(start) && cursor.onStatementLine();
    if (cursor.atEnd() || nextStatement) {
      throw new TomlSyntaxException(
          start, "the " + kind + " that starts here is not closed", "expected: " + closing);
    }
  }

  private void refuseMixed(TomlArray array, TomlNode element, TomlTable owner, String key) {
    if (!array.elements().isEmpty() && kind(array.elements().get(0)) != kind(element)) {
      String path = owner.pathOf(key + "[" + (array.elements().size() + 1) + "]");
      problems.add(
          element.start(), path, "a list holds values of one type", "1 and 0.5 are of two types");
    }
  }

  private static Class<?> kind(TomlNode node) {
    return node instanceof TomlScalar scalar ? scalar.value().getClass() : node.getClass();
  }

  private TomlTable inlineTable(TomlTable owner, String key, int index, int depth)
      throws TomlSyntaxException {
    int start = cursor.at();
    TomlTable table = owner.child(key, index, TomlTable.Origin.INLINE, start);
    cursor.next();
    skipLineBreaks(table);
    while (!cursor.skip('}')) {
      refuseUnclosedTable(start);
      entry(table, depth);
      skipLineBreaks(table);
      int comma = cursor.at();
      if (cursor.skip(',')) {
        skipLineBreaks(table);
        if (cursor.peek() == '}') {
          problems.add(comma, table.path(), "a comma behind the last key of { … }");
        }
      } else if (cursor.peek() != '}') {
        refuseUnclosedTable(start);
        problems.add(cursor.at(), table.path(), "no comma between two keys of { … }");
      }
    }
    table.endAt(cursor.at());
    return table;
  }

  private void refuseUnclosedTable(int start) throws TomlSyntaxException {
    if (!TomlCursor.isBare(cursor.peek()) && "\"'.=".indexOf(cursor.peek()) < 0 || cursor.atEnd()) {
      throw new TomlSyntaxException(
          start, "the { that starts here is not closed", "expected: { key = value, key = value }");
    }
  }

  private void entry(TomlTable table, int depth) throws TomlSyntaxException {
    int start = cursor.at();
    String key = TomlKeys.read(cursor, strings, problems, table);
    TomlNode value = value(table, key, 0, depth + 1);
    TomlKeys.put(table, key, start, value, problems);
  }

  /** Line breaks in {@code { … }} are not TOML 0.4, but what follows can still be understood. */
  private void skipLineBreaks(TomlTable table) throws TomlSyntaxException {
    cursor.skipBlanks();
    if (cursor.peek() == '\n' || cursor.peek() == '#') {
      problems.add(
          table.start(),
          table.path(),
          "{ … } goes over more than one line",
          "write it in one line, or as a table of its own under a [header]");
      cursor.skipEmptyLines();
    }
  }
}
