package io.ebpflb.runtime.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a table of {@link TomlTree} as an element of a list, {@code [[service]]}. */
final class TomlWriter {
  private static final String INDENT = "  ";

  /** More no setting has use for, and an exponent could ask for gigabytes of zeros. */
  private static final int DIGITS_MAX = 30;

  private final StringBuilder out = new StringBuilder();

  private TomlWriter() {}

  /**
   * The lines of the table and of those below it.
   *
   * @throws IllegalArgumentException if a key or value cannot be written
   */
  static String element(String name, Map<String, Object> table) {
    TomlWriter writer = new TomlWriter();
    writer.header("[[" + name + "]]", name, table, "");
    return writer.out.toString();
  }

  private void header(String header, String path, Map<String, Object> table, String indent) {
    out.append(indent).append(header).append('\n');
    table.forEach(
        (key, value) -> {
          if (!hasHeader(value)) {
            out.append(indent).append(key(key)).append(" = ").append(value(value)).append('\n');
          }
        });
    table.forEach((key, value) -> below(path + "." + key(key), value, indent + INDENT));
  }

  private void below(String path, Object value, String indent) {
    if (!hasHeader(value)) {
      return;
    }
    if (value instanceof Map<?, ?> table) {
      out.append('\n');
      header("[" + path + "]", path, tree(table), indent);
      return;
    }
    for (Object element : (List<?>) value) {
      if (!(element instanceof Map<?, ?> table)) {
        throw new IllegalArgumentException(path + ": a list holds values or tables, not both");
      }
      out.append('\n');
      header("[[" + path + "]]", path, tree(table), indent);
    }
  }

  /** A list of tables has, and a table that would be too much for one line. */
  private static boolean hasHeader(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(Map.class::isInstance);
    }
    return value instanceof Map<?, ?> table
        && table.values().stream().anyMatch(each -> each instanceof Map<?, ?> || hasHeader(each));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(Map<?, ?> table) {
    return (Map<String, Object>) table;
  }

  private static String key(String key) {
    if (key.isEmpty() || !key.chars().allMatch(c -> TomlCursor.isBare((char) c))) {
      throw new IllegalArgumentException("\"" + Printable.cut(key, 63) + "\" cannot be a key");
    }
    return key;
  }

  private static String value(Object value) {
    if (value instanceof Map<?, ?> table) {
      return tree(table).entrySet().stream()
          .map(entry -> key(entry.getKey()) + " = " + value(entry.getValue()))
          .collect(Collectors.joining(", ", "{ ", " }"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(TomlWriter::value).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Number number) {
      return number(number);
    }
    return value instanceof Boolean truth ? truth.toString() : text((String) value);
  }

  private static String number(Number value) {
    BigDecimal number = new BigDecimal(value.toString());
    if (number.precision() > DIGITS_MAX || Math.abs(number.scale()) > DIGITS_MAX) {
      throw new IllegalArgumentException("a number has more than " + DIGITS_MAX + " digits");
    }
    BigDecimal shortest = number.stripTrailingZeros();
    return shortest.scale() <= 0 ? shortest.toBigInteger().toString() : shortest.toPlainString();
  }

  private static String text(String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a text holds a control character");
    }
    if (text.indexOf('\\') < 0) {
      return '"' + text.replace("\"", "\\\"") + '"';
    }
    if (text.indexOf('\'') < 0) {
      return "'" + text + "'";
    }
    throw new IllegalArgumentException("a text holds both a backslash and a single quote");
  }
}
