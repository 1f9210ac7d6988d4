package io.ebpflb.runtime.config;

import java.util.List;
import java.util.regex.Pattern;

/** Reads values without quotes: numbers, true and false. */
final class TomlWords {
  private static final Pattern INTEGER = Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)");
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)\\.[0-9](_?[0-9])*");
  private static final int DIGITS_MAX = 40;
  private static final String QUOTE_IT = "expected: text in quotes, \"…\"";

  /** What people write that TOML 0.4 or its reader does not have, tried in this order. */
  private static final List<Wrong> WRONG =
      List.of(
          new Wrong("[+-]?0[xXoObB].*", "only decimal numbers are supported", ""),
          new Wrong("[+-]?0[0-9_]+(\\.[0-9_]*)?", "a number may not begin with 0", ""),
          new Wrong(
              "[+-]?[0-9][0-9_]*(\\.[0-9_]*)?[eE][+-]?[0-9_]*",
              "exponents are not supported",
              "write the number in full"),
          new Wrong("[+-]?(inf|nan)", "infinity and NaN are not supported", ""),
          new Wrong(
              "[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{2}:[0-9]{2}(:.*)?",
              "dates and times are not supported", QUOTE_IT),
          new Wrong(
              "(?i)true|false|yes|no|on|off", "not a value", "expected: true or false, lower case"),
          new Wrong(
              "[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d)",
              "a duration needs quotes",
              "expected: \"5s\", \"250ms\", \"2m\", \"1h\""),
          new Wrong("[+-]?[0-9_]*\\.?[0-9_]*", "not a number", "expected: 10, 1_000 or 0.5"));

  private record Wrong(Pattern pattern, String what, String hint) {
    Wrong(String pattern, String what, String hint) {
      this(Pattern.compile(pattern), what, hint);
    }
  }

  private final TomlCursor cursor;

  TomlWords(TomlCursor cursor) {
    this.cursor = cursor;
  }

  TomlScalar read() throws TomlSyntaxException {
    int start = cursor.at();
    while (!cursor.atEnd() && " \t\n,]}#".indexOf(cursor.peek()) < 0) {
      cursor.refuseControl(cursor.next());
    }
    return new TomlScalar(value(cursor.textFrom(start), start), start, cursor.at());
  }

  private static Object value(String word, int start) throws TomlSyntaxException {
    if (word.isEmpty()) {
      throw new TomlSyntaxException(start, "the value is missing", "");
    }
    if (word.equals("true") || word.equals("false")) {
      return Boolean.valueOf(word);
    }
    if (word.length() <= DIGITS_MAX) {
      if (INTEGER.matcher(word).matches()) {
        return integer(word, start);
      }
      if (FLOAT.matcher(word).matches()) {
        return Double.valueOf(word.replace("_", ""));
      }
    } else if (word.chars().allMatch(c -> c >= '0' && c <= '9' || c == '_' || c == '.')) {
      throw new TomlSyntaxException(start, "the number is too large", "");
    }
    for (Wrong wrong : WRONG) {
      if (wrong.pattern().matcher(word).matches()) {
        throw new TomlSyntaxException(start, wrong.what(), wrong.hint());
      }
    }
    throw new TomlSyntaxException(start, "text without quotes", QUOTE_IT);
  }

  private static Long integer(String word, int start) throws TomlSyntaxException {
    try {
      return Long.valueOf(word.replace("_", ""));
    } catch (NumberFormatException e) {
      throw new TomlSyntaxException(start, "the number is too large", "at most " + Long.MAX_VALUE);
    }
  }
}
