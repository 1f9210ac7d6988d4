package io.ebpflb.runtime.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which keys of {@code [plugin.ID]} differ between two configs, as they are written in the file.
 */
public final class PluginKeys {
  private PluginKeys() {}

  /**
   * Keys by plugin; all keys, if the earlier config has no such plugin or another version of it.
   *
   * @param before settings by the plugin's id
   */
  public static Map<String, List<String>> changed(
      Map<String, Bound<?>> before, Map<String, Bound<?>> after) {
    Map<String, List<String>> changed = new TreeMap<>();
    after.forEach(
        (id, is) -> {
          Bound<?> was = before.get(id);
          if (!is.equals(was)) {
            changed.put(id, keys(was, is));
          }
        });
    return changed;
  }

  private static List<String> keys(Bound<?> was, Bound<?> is) {
    boolean isOther = was == null || !was.isOfSameClassAs(is);
    RecordComponent[] components = is.record().getClass().getRecordComponents();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      if (isOther || !was.value(i).equals(is.value(i))) {
        keys.add(KebabCase.ofComponent(components[i].getName()));
      }
    }
    return keys;
  }
}
