package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One table on its way into one or several records, which share its keys. */
final class TableBinding {
  private static final String UNKNOWN_KEY = "unknown key";

  private final TomlTable table;
  private final RecordBinder binder;
  private final Problems problems;
  private final List<Set<String>> known = new ArrayList<>(4);

  TableBinding(TomlTable table, RecordBinder binder, Problems problems) {
    this.table = table;
    this.binder = binder;
    this.problems = problems;
  }

  /** These keys are somebody else's business. */
  void know(Set<String> keys) {
    known.add(keys);
  }

  /** Empty if something was wrong, which has been reported. Unknown keys are left alone. */
  <R extends Record> Optional<R> bind(Class<R> type) {
    return bindSettings(type).map(Bound::record);
  }

  /** As {@link #bind}, for a record that is to be compared with that of another config. */
  <R extends Record> Optional<Bound<R>> bindSettings(Class<R> type) {
    Optional<RecordShape<R>> shape = binder.shape(table, type);
    if (shape.isEmpty()) {
      known.add(table.keys());
      return Optional.empty();
    }
    known.add(shape.get().keys());
    List<Setting> settings = shape.get().settings();
    List<Object> values = new ArrayList<>(settings.size());
    for (Setting setting : settings) {
      Optional<Entry> entry = table.find(setting.key());
      Optional<Object> value =
          entry.isPresent() ? binder.values().bind(setting, entry.get()) : missing(setting);
      value.ifPresent(values::add);
    }
    return values.size() == settings.size()
        ? binder.make(table, shape.get(), values)
        : Optional.empty();
  }

  /** Checks the values that are there, for a table that need not be complete. */
  void check(Class<? extends Record> type) {
    know(type);
    for (Setting setting : binder.settings(table, type)) {
      table.find(setting.key()).ifPresent(entry -> binder.values().bind(setting, entry));
    }
  }

  /** Knows the record's keys without a look at their values. */
  void know(Class<? extends Record> type) {
    known.add(binder.keys(table, type));
  }

  private Optional<Object> missing(Setting setting) {
    if (setting.fallback().isEmpty()) {
      String header = table.path().replace(" > ", ".");
      String where = table.start() == Problems.NOWHERE ? "[" + header + "] with " : "";
      String doc = setting.doc().isEmpty() ? "" : "; " + setting.doc();
      problems.add(
          table.start(),
          table.pathOf(setting.key()),
          "the key is missing",
          "expected: " + where + setting.key() + " = " + setting.describe() + doc);
    }
    return setting.fallback();
  }

  /** Reports each key that no record and nobody else knows. */
  void refuseUnknown() {
    refuseUnknown(() -> "expected one of: " + String.join(", ", new TreeSet<>(allKnown())));
  }

  void refuseUnknown(Supplier<String> expected) {
    for (Entry entry : table.entries()) {
      if (!isKnown(entry.key()) && !problems.isReported(entry.offset(), UNKNOWN_KEY)) {
        refuse(entry, expected);
      }
    }
  }

  private void refuse(Entry entry, Supplier<String> expected) {
    Set<String> keys = allKnown();
    boolean merged = !entry.owner().path().equals(table.path());
    String what = merged ? UNKNOWN_KEY + ", merged into " + table.path() : UNKNOWN_KEY;
    String hint = keys.isEmpty() ? "expected: no keys at all" : expected.get();
    problems.add(entry.offset(), entry.path(), what, hint, NearNames.of(entry.key(), keys));
  }

  private boolean isKnown(String key) {
    for (Set<String> keys : known) {
      if (keys.contains(key)) {
        return true;
      }
    }
    return false;
  }

  private Set<String> allKnown() {
    return known.stream().flatMap(Set::stream).collect(Collectors.toSet());
  }
}
