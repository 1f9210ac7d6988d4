package io.ebpflb.runtime.dataplane;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Every byte of a {@link MemoryDataPlane}'s maps, to be compared. */
public final class MapDump {
  private MapDump() {}

  public static Map<String, String> of(MemoryDataPlane dataPlane) {
    Map<String, String> dump = new TreeMap<>();
    for (Field field : MemoryMaps.class.getDeclaredFields()) {
      try {
        field.setAccessible(true);
        dump.put(field.getName(), text(field.get(dataPlane.maps())));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    return dump;
  }

  private static String text(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(each -> text(each.getKey()) + "=" + text(each.getValue()))
          .sorted()
          .collect(Collectors.joining(","));
    }
    if (value instanceof ByteBuffer key) {
      return Arrays.toString(key.array());
    }
    if (value instanceof byte[] bytes) {
      return bytes.length + " bytes " + Arrays.hashCode(bytes);
    }
    if (value instanceof long[] words) {
      return words.length + " words " + Arrays.hashCode(words);
    }
    if (value instanceof long[][] tables) {
      return Arrays.stream(tables).map(MapDump::text).collect(Collectors.joining(","));
    }
    return value.toString();
  }
}
