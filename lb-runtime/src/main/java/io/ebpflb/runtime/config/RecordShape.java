package io.ebpflb.runtime.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What binding needs to know of a config record, found once for each file. */
record RecordShape<R extends Record>(
    Class<R> type, List<Setting> settings, Set<String> keys, Constructor<R> constructor) {

  /**
   * @throws IllegalArgumentException if no config can be bound to the record
   */
  static <R extends Record> RecordShape<R> of(Class<R> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      List<Setting> settings = Setting.of(type);
      Set<String> keys =
          settings.stream().map(Setting::key).collect(Collectors.toUnmodifiableSet());
      return new RecordShape<>(type, settings, keys, constructor);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
  }
}
