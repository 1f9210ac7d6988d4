package io.ebpflb.runtime.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which keys of the tables that are no service's differ, as they are written in the file. */
public final class TableKeys {
  private static final String MAX = "Max";

  private TableKeys() {}

  /** By the name of the table; only those that a running balancer can change. */
  public static Map<String, List<String>> changed(Configuration before, Configuration after) {
    Map<String, List<String>> changed = new LinkedHashMap<>();
    put(changed, "admin", before.admin(), after.admin());
    put(changed, "metrics", before.metrics(), after.metrics());
    put(changed, "reload", before.reload(), after.reload());
    put(changed, "plugins", before.plugins(), after.plugins());
    return changed;
  }

  private static void put(
      Map<String, List<String>> changed, String table, Record before, Record after) {
    List<String> keys = differing(before, after);
    if (!keys.isEmpty()) {
      changed.put(table, keys);
    }
  }

  /**
   * @param after of the same class
   */
  static List<String> differing(Record before, Record after) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : before.getClass().getRecordComponents()) {
      if (!Objects.equals(value(component, before), value(component, after))) {
        keys.add(key(component.getName()));
      }
    }
    return keys;
  }

  /** {@code flowsMax} is {@code max-flows} in the file, and a list has the name of one. */
  private static String key(String component) {
    if (component.equals("tokens")) {
      return "token";
    }
    return component.endsWith(MAX)
        ? "max-" + KebabCase.ofComponent(component.substring(0, component.length() - MAX.length()))
        : KebabCase.ofComponent(component);
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
