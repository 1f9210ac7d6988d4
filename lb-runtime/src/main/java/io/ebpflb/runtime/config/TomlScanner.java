package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads strict TOML 0.4 in one pass, keeps the place of each key, and cuts the file into sections.
 * Refuses whatever TOML4J would lose or change. After a mistake it goes on with the next statement,
 * so that all mistakes of a file are reported at once.
 */
final class TomlScanner {
  private final Problems problems;
  private final TomlCursor cursor;
  private final TomlStrings strings;
  private final TomlValues values;
  private final TomlHeaders headers;
  private final List<TomlDocument.Section> sections = new ArrayList<>();

  private TomlTable current;
  private List<TomlTable.Entry> sectionKeys = new ArrayList<>();
  private int sectionStart;
  private String key = "";

  private TomlScanner(Problems problems) {
    this.problems = problems;
    this.cursor = new TomlCursor(problems.source());
    this.strings = new TomlStrings(cursor);
    this.values = new TomlValues(cursor, problems);
    this.headers = new TomlHeaders(cursor, problems);
    this.current = headers.root();
  }

  static TomlDocument scan(Problems problems) {
    return new TomlScanner(problems).scan();
  }

  private TomlDocument scan() {
    while (!cursor.atEnd()) {
      statement();
    }
    endSection(cursor.at());
    return new TomlDocument(headers.root(), sections, cursor.comments());
  }

  private void statement() {
    int start = cursor.at();
    key = "";
    try {
      cursor.skipBlanks();
      if (cursor.peek() == '[') {
        header(start);
      } else if (cursor.peek() != '\n' && cursor.peek() != '#' && !cursor.atEnd()) {
        keyAndValue();
        endOfLine("the value");
      } else {
        endOfLine("");
      }
    } catch (TomlSyntaxException e) {
      String path = key.isEmpty() ? current.path() : current.pathOf(key);
      problems.add(e.offset(), path, e.getMessage(), e.expected());
      recover(start);
    }
  }

  private void header(int start) throws TomlSyntaxException {
    endSection(start);
    current = TomlTable.file(); // keys below a broken header are still read, into the void
    current = headers.read();
    endOfLine("the header");
    sectionStart = cursor.at();
  }

  private void keyAndValue() throws TomlSyntaxException {
    int start = cursor.at();
    key = TomlKeys.read(cursor, strings, problems, current);
    TomlNode value = values.read(current, key);
    TomlKeys.put(current, key, start, value, problems);
    current.find(key).ifPresent(sectionKeys::add);
  }

  private void endOfLine(String what) throws TomlSyntaxException {
    cursor.skipComment();
    if (!cursor.skip('\n') && !cursor.atEnd()) {
      throw new TomlSyntaxException(
          cursor.at(), "unexpected text behind " + what, "expected: the end of the line");
    }
  }

  /**
   * Goes to the next line, or, if the statement already went over several lines, to the next one
   * that looks like a statement.
   */
  private void recover(int start) {
    boolean several = cursor.line(cursor.at()) > cursor.line(start);
    if (several && cursor.onStatementLine()) {
      cursor.moveTo(cursor.lineStart());
      return;
    }
    do {
      cursor.skipLine();
    } while (several && !cursor.atEnd() && !cursor.onStatementLine());
  }

  private void endSection(int end) {
    sections.add(new TomlDocument.Section(current, sectionStart, end, sectionKeys));
    sectionKeys = new ArrayList<>();
    sectionStart = end;
  }
}
