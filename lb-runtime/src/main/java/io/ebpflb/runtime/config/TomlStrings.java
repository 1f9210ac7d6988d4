package io.ebpflb.runtime.config;

/** Reads the four kinds of TOML strings. The cursor stands on the opening quote. */
final class TomlStrings {
  private final TomlCursor cursor;

  TomlStrings(TomlCursor cursor) {
    this.cursor = cursor;
  }

  TomlScalar read() throws TomlSyntaxException {
    int start = cursor.at();
    char quote = cursor.peek();
    String tripled = quote == '"' ? "\"\"\"" : "'''";
    String text = cursor.lookingAt(tripled) ? block(tripled) : line(quote);
    return new TomlScalar(text, start, cursor.at());
  }

  private String line(char quote) throws TomlSyntaxException {
    int start = cursor.at();
    cursor.next();
    if (cursor.skipPlain(quote)) {
      String text = cursor.textFrom(start + 1);
      cursor.next();
      return text;
    }
    StringBuilder out = new StringBuilder();
    while (!cursor.skip(quote)) {
      if (cursor.atEnd() || cursor.peek() == '\n') {
        cursor.skipLine();
        throw new TomlSyntaxException(
            start, "the text that starts here has no closing quote", "expected: " + quote);
      }
      character(quote, out);
    }
    return out.toString();
  }

  private String block(String quotes) throws TomlSyntaxException {
    int start = cursor.at();
    cursor.moveTo(start + 3);
    cursor.skip('\n');
    StringBuilder out = new StringBuilder();
    while (!cursor.lookingAt(quotes)) {
      if (cursor.atEnd()) {
        cursor.moveTo(start);
        cursor.skipLine();
        throw new TomlSyntaxException(
            start, "the text that starts here has no closing quotes", "expected: " + quotes);
      }
      if (quotes.charAt(0) == '"' && cursor.lookingAt("\\\n")) {
        joinLines();
      } else {
        character(quotes.charAt(0), out);
      }
    }
    cursor.moveTo(cursor.at() + 3);
    if (cursor.peek() == quotes.charAt(0)) {
      throw new TomlSyntaxException(
          cursor.at(), "more than three closing quotes", "expected: " + quotes);
    }
    return out.toString();
  }

  private void joinLines() {
    cursor.next();
    while (!cursor.atEnd() && Character.isWhitespace(cursor.peek())) {
      cursor.next();
    }
  }

  private void character(char quote, StringBuilder out) throws TomlSyntaxException {
    char c = cursor.next();
    cursor.refuseControl(c);
    out.append(c == '\\' && quote == '"' ? escape() : c);
  }

  private char escape() throws TomlSyntaxException {
    int start = cursor.at() - 1;
    char c = cursor.atEnd() ? TomlCursor.END : cursor.next();
    return switch (c) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      case '"' -> '"';
      case 'u' -> unicode(start);
      case 'U' ->
          throw new TomlSyntaxException(
              start, "\\U escapes are not supported", "write the character itself");
      case '\\' -> throw backslash(start);
      default ->
          throw new TomlSyntaxException(
              start,
              "unknown escape in text",
              "expected: \\\" \\n \\t \\r \\b \\f or \\u00e9; or text in single quotes, without escapes");
    };
  }

  /** TOML4J takes what an escaped backslash leaves for the begin of another escape. */
  private static TomlSyntaxException backslash(int start) {
    return new TomlSyntaxException(
        start,
        "a backslash in double quotes is not supported",
        "expected: text in single quotes, where a backslash is just that");
  }

  private char unicode(int start) throws TomlSyntaxException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      char c = cursor.peek();
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw new TomlSyntaxException(
            start, "incomplete \\u escape", "expected: four hexadecimal digits, \\u00e9");
      }
      code = code << 4 | digit;
      cursor.next();
    }
    if (code == '\\') {
      throw backslash(start);
    }
    if (Character.isSurrogate((char) code)) {
      throw new TomlSyntaxException(
          start, "half a character in a \\u escape", "write the character itself");
    }
    return (char) code;
  }
}
