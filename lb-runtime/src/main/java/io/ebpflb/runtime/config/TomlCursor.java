package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A place in the text that moves on, and the small steps that everything else is read with. */
final class TomlCursor {
  static final char END = '\0';

  /** A header, or a key and its equals sign: what only the begin of a statement looks like. */
  private static final Pattern STATEMENT =
      Pattern.compile(
          "[ \\t]*(\\[\\[?[ \\t]*[A-Za-z0-9_-]+([ \\t]*\\.[ \\t]*[A-Za-z0-9_-]+)*[ \\t]*\\]\\]?"
              + "[ \\t]*(#.*)?$|[A-Za-z0-9_-]+[ \\t]*=)");

  private final SourceText source;
  private final String text;
  private final List<TomlDocument.Comment> comments = new ArrayList<>();
  private int at;

  TomlCursor(SourceText source) {
    this.source = source;
    this.text = source.text();
  }

  int at() {
    return at;
  }

  void moveTo(int offset) {
    at = offset;
  }

  boolean atEnd() {
    return at == text.length();
  }

  /** {@link #END} behind the last character; a NUL in the text is refused before. */
  char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  boolean lookingAt(String expected) {
    return text.startsWith(expected, at);
  }

  char next() {
    return text.charAt(at++);
  }

  boolean skip(char expected) {
    if (peek() != expected || atEnd()) {
      return false;
    }
    at++;
    return true;
  }

  /**
   * Up to the next {@code end}, if nothing but characters that stand for themselves is before it;
   * else it stays where it is.
   */
  boolean skipPlain(char end) {
    for (int i = at; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == end) {
        at = i;
        return true;
      }
      if (c == '\\' || c < ' ' || c == 0x7f) {
        return false;
      }
    }
    return false;
  }

  String textFrom(int start) {
    return text.substring(start, at);
  }

  void skipBlanks() {
    char c = peek();
    while (c == ' ' || c == '\t') {
      at++;
      c = peek();
    }
  }

  /** Blanks and a comment, up to the line's end. */
  void skipComment() throws TomlSyntaxException {
    skipBlanks();
    if (peek() != '#') {
      return;
    }
    int start = at;
    while (!atEnd() && peek() != '\n') {
      refuseControl(next());
    }
    comments.add(new TomlDocument.Comment(start, at));
  }

  /** Those skipped so far. In a text with mistakes one may be there twice. */
  List<TomlDocument.Comment> comments() {
    return List.copyOf(comments);
  }

  /** Blanks, comments and line ends. */
  void skipEmptyLines() throws TomlSyntaxException {
    do {
      skipComment();
    } while (skip('\n'));
  }

  String bareKey() {
    int start = at;
    while (isBare(peek())) {
      at++;
    }
    return textFrom(start);
  }

  static boolean isBare(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '-';
  }

  /** Call right behind the character. */
  void refuseControl(char c) throws TomlSyntaxException {
    if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f) {
      throw new TomlSyntaxException(
          at - 1, String.format("control character U+%04X", (int) c), "expected: printable text");
    }
  }

  int line(int offset) {
    return source.line(offset);
  }

  int lineStart() {
    return source.lineStart(source.line(at));
  }

  boolean onStatementLine() {
    int line = source.line(at);
    return STATEMENT.matcher(text).region(source.lineStart(line), source.lineEnd(line)).lookingAt();
  }

  void skipLine() {
    int newline = text.indexOf('\n', at);
    at = newline < 0 ? text.length() : newline + 1;
  }
}
