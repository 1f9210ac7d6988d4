package io.ebpflb.runtime.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A table of the file, which knows its place in it and its own name for messages. */
final class TomlTable implements TomlNode {

  /** How a table came to be, which decides what may still be added to it. */
  enum Origin {
    FILE,
    HEADER,
    /** Only named as part of another table's header so far. */
    IMPLIED,
    INLINE,
    /** Made of other tables, for binding. */
    MERGED
  }

  /**
   * @param offset of the key
   * @param owner the table that the key was written in, which for a merged default is another one
   */
  record Entry(String key, int offset, TomlNode value, TomlTable owner) {
    String path() {
      return owner.pathOf(key);
    }

    Optional<String> text() {
      return value instanceof TomlScalar scalar && scalar.value() instanceof String text
          ? Optional.of(text)
          : Optional.empty();
    }
  }

  private static final int NAME_SHOWN_MAX = 63;

  private final TomlTable parent;
  private final String key;
  private final int index;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Origin origin;
  private int start;
  private int end;

  private TomlTable(TomlTable parent, String key, int index, Origin origin, int start, int end) {
    this.parent = parent;
    this.key = key;
    this.index = index;
    this.origin = origin;
    this.start = start;
    this.end = end;
  }

  static TomlTable file() {
    return new TomlTable(null, "", 0, Origin.FILE, 0, 0);
  }

  /**
   * @param index counted from 1; 0 for a table that is not an element of a list
   */
  TomlTable child(String childKey, int childIndex, Origin childOrigin, int offset) {
    return new TomlTable(this, childKey, childIndex, childOrigin, offset, offset);
  }

  /** This table with the entries of {@code defaults} that it does not have itself. */
  TomlTable over(TomlTable defaults) {
    TomlTable merged = new TomlTable(parent, key, index, Origin.MERGED, start, end);
    merged.entries.putAll(defaults.entries);
    merged.entries.putAll(entries);
    return merged;
  }

  /** This table with none but the entries whose keys pass. */
  TomlTable only(Predicate<String> keys) {
    TomlTable part = new TomlTable(parent, key, index, Origin.MERGED, start, end);
    entries.values().stream().filter(entry -> keys.test(entry.key())).forEach(part::put);
    return part;
  }

  void put(Entry entry) {
    entries.put(entry.key(), entry);
  }

  /** An implied table got a header of its own. */
  void defineAt(int offset) {
    origin = Origin.HEADER;
    start = offset;
    end = offset;
  }

  void endAt(int offset) {
    end = offset;
  }

  Optional<Entry> find(String wanted) {
    return Optional.ofNullable(entries.get(wanted));
  }

  /** The value of a key, if it is text. */
  Optional<String> findText(String wanted) {
    return find(wanted).flatMap(Entry::text);
  }

  Collection<Entry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  Set<String> keys() {
    return Set.copyOf(entries.keySet());
  }

  Origin origin() {
    return origin;
  }

  @Override
  public int start() {
    return start;
  }

  @Override
  public int end() {
    return end;
  }

  /** Whether this is that table, or a part of it. */
  boolean isWithin(TomlTable other) {
    return this == other || parent != null && parent.isWithin(other);
  }

  /** The way to this table as messages show it: {@code service "web" > target[2]}. */
  String path() {
    if (parent == null) {
      return "";
    }
    String label = index == 0 ? key : key + "[" + index + "]";
    if (index > 0 && parent.parent == null && key.equals("service")) {
      label =
          findText("name")
              .filter(name -> !name.isEmpty())
              .map(name -> key + " \"" + Printable.cut(name, NAME_SHOWN_MAX) + "\"")
              .orElse(label);
    }
    return parent.pathOf(label);
  }

  String pathOf(String childKey) {
    String path = path();
    return path.isEmpty() ? childKey : path + " > " + childKey;
  }

  @Override
  public String describe() {
    return "a table";
  }
}
