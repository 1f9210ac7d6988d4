package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.Configuration.Use;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Which keys of a service differ between two configs, as they are written in the file. */
public final class ServiceKeys {
  private ServiceKeys() {}

  /** Keys of the service's table, each once; empty if both mean the same. */
  public static List<String> changed(Service before, Service after) {
    Set<String> keys = new LinkedHashSet<>();
    for (RecordComponent component : Service.class.getRecordComponents()) {
      Object was = value(component, before);
      Object is = value(component, after);
      if (!Objects.equals(was, is)) {
        keys.addAll(keys(component.getName(), was, is));
      }
    }
    return List.copyOf(keys);
  }

  private static List<String> keys(String component, Object was, Object is) {
    return switch (component) {
      case "address", "port" -> List.of("listen");
      case "targets" -> List.of("target");
      case "routes" -> List.of("source-route");
      case "modifiers", "features" -> extensions((List<?>) was, (List<?>) is);
      default -> List.of(KebabCase.ofComponent(component));
    };
  }

  /** An extension's name is its key. */
  private static List<String> extensions(List<?> was, List<?> is) {
    List<Object> differing = new ArrayList<>(was);
    differing.removeAll(is);
    List<Object> others = new ArrayList<>(is);
    others.removeAll(was);
    differing.addAll(others);
    return differing.stream().map(use -> ((Use) use).extension().name()).toList();
  }

  private static Object value(RecordComponent component, Service service) {
    try {
      return component.getAccessor().invoke(service);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
