package io.ebpflb.runtime.config;

import java.util.List;

/** The settings of an extension or plugin as a table of its README. */
public final class SettingsMarkdown {
  private SettingsMarkdown() {}

  /**
   * One line for each key, after two of a header; empty for a record without components.
   *
   * @throws IllegalArgumentException if the record is none that a config can be bound to
   */
  public static String table(Class<? extends Record> type) {
    List<SettingDoc> settings = SettingDoc.of(type);
    if (settings.isEmpty()) {
      return "";
    }
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
    settings.forEach(setting -> table.append(line(setting)));
    return table.toString();
  }

  private static String line(SettingDoc setting) {
    String meaning = setting.doc() + (setting.isSecret() ? " (secret: never shown)" : "");
    return "| `%s` | %s | %s | %s |\n"
        .formatted(setting.key(), cell(setting.expected()), fallback(setting), cell(meaning));
  }

  private static String fallback(SettingDoc setting) {
    return setting
        .fallback()
        .map(text -> "`" + cell(text) + "`")
        .orElse(setting.isRequired() ? "required" : "");
  }

  /** A bar would end the cell. */
  private static String cell(String text) {
    return Printable.text(text).replace("|", "\\|");
  }
}
