package io.ebpflb.runtime.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Binds the arguments of an operation, which come as text, to its record by the rules of config
 * records. Elements of a list are separated by commas.
 */
public final class ArgumentBinder {

  /**
   * One argument, for help texts.
   *
   * @param key kebab-case
   * @param expected what its value must look like, {@code a whole number in 1..64}
   * @param doc may be empty
   */
  public record Parameter(String key, String expected, boolean isRequired, String doc) {}

  private ArgumentBinder() {}

  /**
   * @throws IllegalArgumentException if the record is none that arguments can be bound to
   */
  public static List<Parameter> parameters(Class<? extends Record> type) {
    return settings(type).stream()
        .map(s -> new Parameter(s.key(), plain(s.describe()), s.fallback().isEmpty(), s.doc()))
        .toList();
  }

  /**
   * @param given by key
   * @throws IllegalArgumentException with all that is wrong, separated by semicolons, for whoever
   *     gave it
   */
  public static <R extends Record> R bind(Class<R> type, Map<String, String> given) {
    List<Setting> settings = settings(type);
    List<String> problems = new ArrayList<>();
    List<String> keys = settings.stream().map(Setting::key).toList();
    for (String key : new TreeSet<>(given.keySet())) {
      if (!keys.contains(key)) {
        problems.add(unknown(key, keys));
      }
    }
    List<Object> values = new ArrayList<>();
    for (Setting setting : settings) {
      try {
        values.add(value(setting, Optional.ofNullable(given.get(setting.key()))));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return create(RecordShape.of(type), values);
  }

  private static List<Setting> settings(Class<? extends Record> type) {
    List<Setting> settings = Setting.of(type);
    if (settings.stream().anyMatch(setting -> setting.type().isRecord())) {
      throw new IllegalArgumentException(type.getName() + " has a record in it");
    }
    return settings;
  }

  private static String unknown(String key, List<String> keys) {
    List<String> near = NearNames.of(key, keys);
    return Printable.cut(key, 60)
        + ": unknown argument"
        + (keys.isEmpty() ? ", there is none" : ", expected one of: " + String.join(", ", keys))
        + (near.isEmpty() ? "" : " (did you mean: " + String.join(", ", near) + ")");
  }

  private static Object value(Setting setting, Optional<String> text) {
    if (text.isEmpty()) {
      return setting
          .fallback()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      setting.key() + ": is missing, must be " + plain(setting.describe())));
    }
    Object value =
        setting.list()
            ? Arrays.stream(text.get().split(",")).map(t -> one(setting, t.strip())).toList()
            : one(setting, text.get());
    return setting.optional() ? Optional.of(value) : value;
  }

  private static Object one(Setting setting, String text) {
    try {
      Object value = PlainText.parse(setting.type(), text);
      if (isInRange(setting, value)) {
        return value;
      }
    } catch (Refusal | IllegalArgumentException e) {
      // Told below: what it must be says more than what it is not.
    }
    String shown = setting.secret() ? "the value" : "\"" + Printable.cut(text, 60) + "\"";
    throw new IllegalArgumentException(
        setting.key() + ": " + shown + " is not " + plain(setting.describeOne()));
  }

  /** Quotes are how a config writes it. */
  private static String plain(String description) {
    return description.replace(" in quotes", "");
  }

  @SuppressWarnings("unchecked")
  private static boolean isInRange(Setting setting, Object value) {
    return setting
            .min()
            .map(m -> ((Comparable<Object>) value).compareTo(m.value()) >= 0)
            .orElse(true)
        && setting
            .max()
            .map(m -> ((Comparable<Object>) value).compareTo(m.value()) <= 0)
            .orElse(true);
  }

  private static <R extends Record> R create(RecordShape<R> shape, List<Object> values) {
    try {
      return shape.constructor().newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(String.valueOf(e.getCause().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(e.toString());
    }
  }
}
