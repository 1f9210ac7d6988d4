package io.ebpflb.runtime.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
      Map<String, Record> before, Map<String, Record> after) {
    Map<String, List<String>> changed = new TreeMap<>();
    after.forEach(
        (id, is) -> {
          Record was = before.get(id);
          if (!is.equals(was)) {
            changed.put(id, keys(was, is));
          }
        });
    return changed;
  }

  private static List<String> keys(Record was, Record is) {
    boolean isOther = was == null || was.getClass() != is.getClass();
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : is.getClass().getRecordComponents()) {
      if (isOther || !Objects.equals(value(component, was), value(component, is))) {
        keys.add(KebabCase.ofComponent(component.getName()));
      }
    }
    return keys;
  }

  private static Object value(RecordComponent component, Record settings) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
