package io.ebpflb.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What an operation answers: a sentence, or a table. Shown as text by the CLI and as JSON. */
public final class OperationResult {
  private static final Set<Class<?>> VALUES =
      Set.of(String.class, Integer.class, Long.class, Double.class, Boolean.class);

  private final String message;
  private final List<String> columns;
  private final List<List<Object>> rows;

  private OperationResult(String message, List<String> columns, List<List<Object>> rows) {
    this.message = message;
    this.columns = columns;
    this.rows = rows;
  }

  /**
   * @param message what was done, for an operator
   */
  public static OperationResult done(String message) {
    return new OperationResult(Objects.requireNonNull(message, "message"), List.of(), List.of());
  }

  /**
   * @param columns kebab-case; in JSON the keys of each row's object
   */
  public static OperationResult table(String... columns) {
    return new OperationResult("", List.of(columns), List.of());
  }

  /**
   * A copy with one more row.
   *
   * @param values one for each column: String, Integer, Long, Double or Boolean
   */
  public OperationResult row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + columns.size() + " columns");
    }
    for (Object value : values) {
      if (!VALUES.contains(value.getClass())) {
        throw new IllegalArgumentException("a value of " + value.getClass().getName());
      }
    }
    List<List<Object>> longer = new ArrayList<>(rows);
    longer.add(List.of(values));
    return new OperationResult(message, columns, List.copyOf(longer));
  }

  /** Empty for a table. */
  public String message() {
    return message;
  }

  /** Empty for a sentence. */
  public List<String> columns() {
    return columns;
  }

  public List<List<Object>> rows() {
    return rows;
  }
}
