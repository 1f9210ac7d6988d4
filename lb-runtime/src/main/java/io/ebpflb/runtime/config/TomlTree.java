package io.ebpflb.runtime.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Tables as maps, lists as lists, and scalars as they are: for those who know no TOML. */
final class TomlTree {
  private TomlTree() {}

  /**
   * @param hidden values that are not to be shown
   */
  static Map<String, Object> of(TomlTable table, Predicate<TomlNode> hidden) {
    Map<String, Object> map = new LinkedHashMap<>();
    table.entries().forEach(entry -> map.put(entry.key(), value(entry.value(), hidden)));
    return map;
  }

  private static Object value(TomlNode node, Predicate<TomlNode> hidden) {
    if (node instanceof TomlTable table) {
      return of(table, hidden);
    }
    if (hidden.test(node)) {
      return SecretMask.HIDDEN;
    }
    return node instanceof TomlArray array
        ? array.elements().stream().map(element -> value(element, hidden)).toList()
        : ((TomlScalar) node).value();
  }
}
