package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import io.ebpflb.api.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One component of a config record, as {@link Doc} describes them.
 *
 * @param type without Optional and List around it
 * @param fallback what a missing key stands for; empty: the key is required
 * @param min inclusive, of the boxed {@code type}
 */
record Setting(
    String key,
    Class<?> type,
    boolean list,
    boolean optional,
    boolean secret,
    String doc,
    Optional<Object> fallback,
    Optional<Bound> min,
    Optional<Bound> max) {

  private static final Set<Class<?>> PLAIN =
      Set.of(
          boolean.class,
          int.class,
          long.class,
          double.class,
          String.class,
          Duration.class,
          InetAddress.class,
          Boolean.class,
          Integer.class,
          Long.class,
          Double.class);

  record Bound(Object value, String text) {}

  /**
   * @throws IllegalArgumentException if the record is none that a config can be bound to
   */
  static List<Setting> of(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(Setting::of).toList();
  }

  private static Setting of(RecordComponent component) {
    Type type = component.getGenericType();
    Optional<Type> inOptional = argument(type, Optional.class);
    Type required = inOptional.orElse(type);
    Optional<Type> inList = argument(required, List.class);
    Class<?> leaf = leaf(component, inList.orElse(required));
    Range range = component.getAnnotation(Range.class);
    Doc doc = component.getAnnotation(Doc.class);
    return new Setting(
        KebabCase.ofComponent(component.getName()),
        leaf,
        inList.isPresent(),
        inOptional.isPresent(),
        component.isAnnotationPresent(Secret.class),
        doc == null ? "" : doc.value(),
        fallback(component, leaf, inList.isPresent(), inOptional.isPresent()),
        bound(component, leaf, range == null ? "" : range.min()),
        bound(component, leaf, range == null ? "" : range.max()));
  }

  private static Optional<Type> argument(Type type, Class<?> of) {
    return type instanceof ParameterizedType generic && generic.getRawType() == of
        ? Optional.of(generic.getActualTypeArguments()[0])
        : Optional.empty();
  }

  private static Class<?> leaf(RecordComponent component, Type type) {
    if (type instanceof Class<?> found
        && (PLAIN.contains(found) || found.isEnum() || found.isRecord())) {
      return found;
    }
    throw new IllegalArgumentException(
        component.getName() + " has the unsupported type " + type.getTypeName());
  }

  private static Optional<Object> fallback(
      RecordComponent component, Class<?> leaf, boolean list, boolean optional) {
    Default text = component.getAnnotation(Default.class);
    if (text == null) {
      return optional
          ? Optional.of(Optional.empty())
          : list ? Optional.of(List.of()) : Optional.empty();
    }
    Object value =
        list ? texts(component, leaf, text.value()) : text(component, leaf, text.value());
    return Optional.of(optional ? Optional.of(value) : value);
  }

  private static List<Object> texts(RecordComponent component, Class<?> leaf, String list) {
    return list.isBlank()
        ? List.of()
        : Arrays.stream(list.split(",")).map(t -> text(component, leaf, t.strip())).toList();
  }

  private static Optional<Bound> bound(RecordComponent component, Class<?> leaf, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Object value = text(component, leaf, text);
    if (!(value instanceof Number || value instanceof Duration)) {
      throw new IllegalArgumentException(component.getName() + " has a range but is no number");
    }
    return Optional.of(new Bound(value, text));
  }

  private static Object text(RecordComponent component, Class<?> leaf, String text) {
    try {
      return PlainText.parse(leaf, text.replace("_", leaf == String.class ? "_" : ""));
    } catch (Refusal | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          component.getName() + " has the unusable default or bound \"" + text + "\"");
    }
  }

  /** What a value must look like: {@code a whole number in 1..64}. */
  String describe() {
    String one = describeOne();
    return list ? "a list [ … ], each element " + one : one;
  }

  /** What one value must look like, which for a list is an element. */
  String describeOne() {
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "text in quotes";
    }
    if (type == Duration.class) {
      return "a duration" + range() + ", such as \"5s\" or \"250ms\"";
    }
    if (type == InetAddress.class) {
      return "an IP address in quotes";
    }
    if (type.isEnum()) {
      return "one of: " + String.join(", ", choices());
    }
    if (type.isRecord()) {
      return "a table { … }";
    }
    boolean fraction = type == double.class || type == Double.class;
    return (fraction ? "a number" : "a whole number") + range();
  }

  private String range() {
    if (min.isPresent() && max.isPresent()) {
      return " in " + min.get().text() + ".." + max.get().text();
    }
    return min.map(bound -> ", at least " + bound.text()).orElse("")
        + max.map(bound -> ", at most " + bound.text()).orElse("");
  }

  /** Names of an enum's constants. */
  List<String> choices() {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> KebabCase.ofConstant((Enum<?>) constant))
        .collect(Collectors.toList());
  }
}
