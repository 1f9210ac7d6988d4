package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns one value of the file into what a record's component asks for. */
final class ValueBinder {
  private final Problems problems;
  private final RecordBinder records;

  ValueBinder(Problems problems, RecordBinder records) {
    this.problems = problems;
    this.records = records;
  }

  private record Place(Setting setting, int offset, Entry entry, String suffix) {
    String path() {
      return entry.path() + suffix;
    }
  }

  /**
   * @return empty if the value was refused, which has then been reported
   */
  Optional<Object> bind(Setting setting, Entry entry) {
    if (setting.secret()) {
      problems.mask().add(entry.value());
    }
    Place place = new Place(setting, entry.offset(), entry, "");
    if (setting.secret() && entry.text().equals(Optional.of(SecretMask.HIDDEN))) {
      return refuse(place, "stands for a secret that was not shown", "expected: the secret itself");
    }
    Optional<?> value = setting.list() ? list(place, entry.value()) : element(place, entry.value());
    return setting.optional() ? value.map(Optional::of) : value.map(found -> found);
  }

  private Optional<Object> list(Place place, TomlNode node) {
    if (!(node instanceof TomlArray array)) {
      return refuseType(place, node);
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < array.elements().size(); i++) {
      TomlNode element = array.elements().get(i);
      String suffix = "[" + (i + 1) + "]";
      element(new Place(place.setting(), element.start(), place.entry(), suffix), element)
          .ifPresent(values::add);
    }
    boolean whole = values.size() == array.elements().size();
    return whole ? Optional.of(List.copyOf(values)) : Optional.empty();
  }

  private Optional<Object> element(Place place, TomlNode node) {
    Class<?> type = place.setting().type();
    if (type.isRecord()) {
      return node instanceof TomlTable table
          ? records.bindSettings(table, type.asSubclass(Record.class)).map(bound -> bound)
          : refuseType(place, node);
    }
    if (!(node instanceof TomlScalar scalar)) {
      return refuseType(place, node);
    }
    if (type == Duration.class && scalar.value() instanceof Number) {
      return refuse(
          place,
          (place.setting().secret() ? "the value" : node.describe()) + " has no unit",
          DurationText.EXPECTED);
    }
    if (scalar.value() instanceof String text && isWritten(type)) {
      return written(place, text);
    }
    Optional<Object> plain = plain(type, scalar.value());
    return plain.isPresent() ? inRange(place, plain.get(), scalar) : refuseType(place, node);
  }

  /** Whether values of this type are written as text in quotes. */
  private static boolean isWritten(Class<?> type) {
    return type == Duration.class || type == InetAddress.class || type.isEnum();
  }

  private Optional<Object> written(Place place, String text) {
    Class<?> type = place.setting().type();
    try {
      Object value = PlainText.parse(type, text);
      return inRange(place, value, new TomlScalar(text, 0, 0));
    } catch (Refusal e) {
      String shown = place.setting().secret() ? "" : "\"" + Printable.cut(text, 60) + "\": ";
      return refuse(place, shown + e.getMessage(), e.expected());
    } catch (IllegalArgumentException e) {
      List<String> choices = place.setting().choices();
      String shown = place.setting().secret() ? "the text" : "\"" + Printable.cut(text, 60) + "\"";
      problems.add(
          place.offset(),
          place.path(),
          shown + " is not a choice",
          "expected one of: " + String.join(", ", choices),
          NearNames.of(text, choices));
      return Optional.empty();
    }
  }

  private static Optional<Object> plain(Class<?> type, Object value) {
    if (type == String.class && value instanceof String
        || (type == boolean.class || type == Boolean.class) && value instanceof Boolean) {
      return Optional.of(value);
    }
    if (!(value instanceof Number number)) {
      return Optional.empty();
    }
    if (type == double.class || type == Double.class) {
      return Optional.of(number.doubleValue());
    }
    if (!(number instanceof Long whole)) {
      return Optional.empty();
    }
    if (type == long.class || type == Long.class) {
      return Optional.of(whole);
    }
    boolean fits = (type == int.class || type == Integer.class) && whole.intValue() == whole;
    return fits ? Optional.of(whole.intValue()) : Optional.empty();
  }

  private Optional<Object> inRange(Place place, Object value, TomlScalar scalar) {
    Setting setting = place.setting();
    boolean low = setting.min().isPresent() && compare(value, setting.min().get().value()) < 0;
    boolean high = setting.max().isPresent() && compare(value, setting.max().get().value()) > 0;
    if (!low && !high) {
      return Optional.of(value);
    }
    String shown = setting.secret() ? "the value" : String.valueOf(scalar.value());
    return refuse(
        place, shown + " is too " + (low ? "low" : "high"), "expected: " + setting.describe());
  }

  /** Both are of the same type: the setting's. */
  @SuppressWarnings("unchecked")
  private static int compare(Object value, Object bound) {
    return ((Comparable<Object>) value).compareTo(bound);
  }

  private Optional<Object> refuseType(Place place, TomlNode node) {
    Setting setting = place.setting();
    String wanted = place.suffix().isEmpty() ? setting.describe() : setting.describeOne();
    String found = setting.secret() ? "is of another type" : "is " + node.describe();
    return refuse(place, found + ", must be " + wanted, "");
  }

  private Optional<Object> refuse(Place place, String what, String expected) {
    problems.add(place.offset(), place.path(), what, expected);
    return Optional.empty();
  }
}
