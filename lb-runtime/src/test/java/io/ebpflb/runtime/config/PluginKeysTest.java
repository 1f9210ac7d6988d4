package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PluginKeysTest {
  private record Names(List<String> servers, int cacheEntriesMax) {}

  private record Other(String key) {}

  private static Bound<?> names(List<String> servers, int cacheEntriesMax) {
    return new Bound<>(new Names(servers, cacheEntriesMax), List.of(servers, cacheEntriesMax));
  }

  private static Bound<?> other(String key) {
    return new Bound<>(new Other(key), List.of(key));
  }

  @Test
  void namesTheKeysThatDifferAsTheFileHasThem() {
    Map<String, Bound<?>> before =
        Map.of("dns", names(List.of("a"), 5), "same", other("x"), "gone", other("y"));
    Map<String, Bound<?>> after = Map.of("dns", names(List.of("a", "b"), 6), "same", other("x"));

    assertThat(PluginKeys.changed(before, after))
        .isEqualTo(Map.of("dns", List.of("servers", "cache-entries-max")));
    assertThat(PluginKeys.changed(after, after)).isEmpty();
  }

  @Test
  void settingsOfAnotherVersionDifferInEachKey() {
    Map<String, Bound<?>> after = Map.of("dns", names(List.of(), 5));

    assertThat(PluginKeys.changed(Map.of("dns", other("")), after))
        .isEqualTo(PluginKeys.changed(Map.of(), after))
        .isEqualTo(Map.of("dns", List.of("servers", "cache-entries-max")));
  }
}
