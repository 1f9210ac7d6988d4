package io.ebpflb.runtime.config;

import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Binds tables of the file to config records, following the rules of {@link io.ebpflb.api.Doc}. */
final class RecordBinder {
  private static final int MESSAGE_LENGTH_MAX = 300;

  private final Problems problems;
  private final ValueBinder values;
  private final Map<Class<?>, RecordShape<?>> shapes = new HashMap<>();

  RecordBinder(Problems problems) {
    this.problems = problems;
    this.values = new ValueBinder(problems, this);
  }

  /** Binds a whole table to one record; empty if something was wrong, which has been reported. */
  <R extends Record> Optional<R> bind(TomlTable table, Class<R> type) {
    return bindSettings(table, type).map(Bound::record);
  }

  /** As {@link #bind}, for a record that is to be compared with that of another config. */
  <R extends Record> Optional<Bound<R>> bindSettings(TomlTable table, Class<R> type) {
    TableBinding binding = open(table);
    Optional<Bound<R>> bound = binding.bindSettings(type);
    binding.refuseUnknown();
    return bound;
  }

  /** For a table whose keys go to several places. */
  TableBinding open(TomlTable table) {
    return new TableBinding(table, this, problems);
  }

  /** A check that refuses the value of one key. */
  interface Check {
    void run() throws Refusal;
  }

  /** Reports what the check refuses at the key, or at the table if the key is not there. */
  boolean check(TomlTable table, String key, Check check) {
    try {
      check.run();
      return true;
    } catch (Refusal e) {
      int offset = table.find(key).map(TomlTable.Entry::offset).orElse(table.start());
      problems.add(offset, table.pathOf(key), e.getMessage(), e.expected());
      return false;
    }
  }

  ValueBinder values() {
    return values;
  }

  Set<String> keys(TomlTable table, Class<? extends Record> type) {
    return shape(table, type).map(RecordShape::keys).orElse(Set.of());
  }

  /** None if no config can be bound to the record, which is reported at the table. */
  List<Setting> settings(TomlTable table, Class<? extends Record> type) {
    return shape(table, type).map(RecordShape::settings).orElse(List.of());
  }

  /** Empty if no config can be bound to the record, which is reported at the table. */
  @SuppressWarnings("unchecked")
  <R extends Record> Optional<RecordShape<R>> shape(TomlTable table, Class<R> type) {
    try {
      RecordShape<?> known = shapes.get(type);
      if (known == null) {
        known = RecordShape.of(type);
        shapes.put(type, known);
      }
      return Optional.of((RecordShape<R>) known);
    } catch (IllegalArgumentException | LinkageError e) {
      broken(table, type, e.getMessage());
      return Optional.empty();
    }
  }

  /** What the record's own constructor refuses is shown at the table. */
  <R extends Record> Optional<Bound<R>> make(
      TomlTable table, RecordShape<R> shape, List<Object> values) {
    Object[] components = values.stream().map(Bound::unwrapped).toArray();
    try {
      return Optional.of(new Bound<>(shape.constructor().newInstance(components), values));
    } catch (InvocationTargetException e) {
      refused(table, shape.type(), e.getCause());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      broken(table, shape.type(), e.toString());
    }
    return Optional.empty();
  }

  private void refused(TomlTable table, Class<? extends Record> type, Throwable cause) {
    if (cause instanceof VirtualMachineError error) {
      throw error;
    }
    String message = shown(table, type, String.valueOf(cause.getMessage()));
    if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
      problems.add(table.start(), table.path(), message);
    } else {
      broken(table, type, cause.getClass().getName() + ": " + message);
    }
  }

  private void broken(TomlTable table, Class<? extends Record> type, String why) {
    problems.add(
        table.start(),
        table.path(),
        "the settings record " + type.getName() + " is faulty: " + Printable.cut(why, 200),
        "this is a mistake in the plugin, not in the file");
  }

  /** The text of a plugin's own exception, cut, and without the secrets that it may quote. */
  private String shown(TomlTable table, Class<? extends Record> type, String message) {
    String shown = message;
    for (Setting setting : settings(table, type)) {
      if (setting.secret() && table.find(setting.key()).isPresent()) {
        shown = SecretMask.hideTexts(shown, table.find(setting.key()).get().value());
      }
    }
    return Printable.cut(shown, MESSAGE_LENGTH_MAX);
  }
}
