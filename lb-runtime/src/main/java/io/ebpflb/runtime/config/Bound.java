package io.ebpflb.runtime.config;

import java.util.List;
import java.util.Optional;

/**
 * A settings record and the values that it was made from. Two are equal when they are of one class
 * and were made from the same values: the record's own {@code equals}, {@code hashCode} and
 * accessors are the plugin's code, and no thread of the runtime waits for that.
 */
public final class Bound<R extends Record> {
  private final R record;
  private final List<Object> values;

  /**
   * @param values in the order of the record's components; of a nested record its Bound
   */
  public Bound(R record, List<?> values) {
    this.record = record;
    this.values = List.copyOf(values);
  }

  /** For its plugin. */
  public R record() {
    return record;
  }

  boolean isOfSameClassAs(Bound<?> other) {
    return record.getClass() == other.record.getClass();
  }

  Object value(int component) {
    return values.get(component);
  }

  /** What a record's constructor takes for a value: records themselves for what is bound. */
  static Object unwrapped(Object value) {
    if (value instanceof Bound<?> bound) {
      return bound.record();
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(Bound::unwrapped);
    }
    return value instanceof List<?> list ? list.stream().map(Bound::unwrapped).toList() : value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bound<?> that && isOfSameClassAs(that) && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Without the values, some of which may be secrets. */
  @Override
  public String toString() {
    return record.getClass().getName();
  }
}
