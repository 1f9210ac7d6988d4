package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One key of a config record, for documentation.
 *
 * @param key kebab-case; of a table within: {@code tls.verify}, of one in a list: {@code
 *     header[].name}
 * @param expected what its value must look like, {@code a whole number in 1..64}
 * @param fallback what a missing key stands for, as it would be written; empty if there is no such
 *     value: then the key is required, or may be missing
 * @param doc may be empty
 */
public record SettingDoc(
    String key,
    String expected,
    Optional<String> fallback,
    boolean isRequired,
    boolean isSecret,
    String doc) {

  private static final int DEPTH_MAX = 4;

  /**
   * In the order of the record's components.
   *
   * @throws IllegalArgumentException if the record is none that a config can be bound to
   */
  public static List<SettingDoc> of(Class<? extends Record> type) {
    List<SettingDoc> all = new ArrayList<>();
    collect(type, "", DEPTH_MAX, all);
    return List.copyOf(all);
  }

  private static void collect(
      Class<? extends Record> type, String prefix, int depth, List<SettingDoc> into) {
    List<Setting> settings = Setting.of(type);
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Setting setting = settings.get(i);
      String key = prefix + setting.key();
      into.add(
          new SettingDoc(
              key,
              setting.describe(),
              Optional.ofNullable(components[i].getAnnotation(Default.class))
                  .map(value -> written(setting, value.value())),
              setting.fallback().isEmpty(),
              setting.secret(),
              setting.doc()));
      if (setting.type().isRecord() && depth > 1) {
        String below = key + (setting.list() ? "[]." : ".");
        collect(setting.type().asSubclass(Record.class), below, depth - 1, into);
      }
    }
  }

  private static String written(Setting setting, String text) {
    if (!setting.list()) {
      return one(setting, text);
    }
    List<String> elements = new ArrayList<>();
    for (String each : text.isBlank() ? new String[0] : text.split(",")) {
      elements.add(one(setting, each.strip()));
    }
    return "[" + String.join(", ", elements) + "]";
  }

  private static String one(Setting setting, String text) {
    Class<?> type = setting.type();
    boolean isBare =
        type.isPrimitive() || Number.class.isAssignableFrom(type) || type == Boolean.class;
    return isBare ? text : "\"" + text + "\"";
  }
}
