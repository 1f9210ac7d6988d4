package io.ebpflb.runtime.admin;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A flat {@link JsonTree}: no key that is not known, no value of another type. */
final class JsonFields {

  static final JsonFields NONE = new JsonFields(Map.of());

  private static final double WHOLE_MAX = 1L << 53;

  private final Map<String, Object> values;

  private JsonFields(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * @throws ProblemException if the bytes are no such object
   */
  static JsonFields parse(byte[] bytes) {
    Map<String, Object> values = JsonTree.parse(bytes);
    values.forEach(
        (name, value) -> {
          if (value instanceof Map || value instanceof List) {
            throw ProblemException.badRequest(name + ": a list or an object is not expected");
          }
        });
    return new JsonFields(values);
  }

  /** Refuses keys that are none of these. */
  JsonFields only(String... known) {
    Set<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw ProblemException.badRequest(
          String.join(", ", unknown)
              + ": unknown key; expected one of: "
              + String.join(", ", known));
    }
    return this;
  }

  String text(String name) {
    return findText(name).orElseThrow(() -> missing(name));
  }

  Optional<String> findText(String name) {
    return find(name, String.class, "a string");
  }

  /** Whether it is there and true. */
  boolean isTrue(String name) {
    return find(name, Boolean.class, "true or false").orElse(false);
  }

  double number(String name) {
    return find(name, BigDecimal.class, "a number").orElseThrow(() -> missing(name)).doubleValue();
  }

  /** All as text; whole numbers without a fraction. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((name, value) -> texts.put(name, text(value)));
    return texts;
  }

  private static String text(Object value) {
    if (!(value instanceof BigDecimal exact)) {
      return value.toString();
    }
    double number = exact.doubleValue();
    return number == Math.rint(number) && Math.abs(number) <= WHOLE_MAX
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private <T> Optional<T> find(String name, Class<T> type, String expected) {
    Object value = values.get(name);
    if (value != null && !type.isInstance(value)) {
      throw ProblemException.badRequest(name + ": expected " + expected);
    }
    return Optional.ofNullable(type.cast(value));
  }

  private static ProblemException missing(String name) {
    return ProblemException.badRequest(name + ": missing");
  }
}
