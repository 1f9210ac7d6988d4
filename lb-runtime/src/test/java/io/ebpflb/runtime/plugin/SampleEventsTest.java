package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Event;
import io.ebpflb.testing.SampleEvents;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SampleEventsTest {

  @Test
  void thereIsOneOfEachKind() {
    assertThat(SampleEvents.all(Instant.EPOCH).stream().map(Object::getClass).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(kinds(Event.class).collect(Collectors.toList()));
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(SampleEventsTest::kinds);
  }
}
