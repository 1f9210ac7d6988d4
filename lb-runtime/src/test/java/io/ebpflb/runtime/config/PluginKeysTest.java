package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PluginKeysTest {
  private record Names(List<String> servers, int cacheEntriesMax) {}

  private record Other(String key) {}

  @Test
  void namesTheKeysThatDifferAsTheFileHasThem() {
    Map<String, Record> before =
        Map.of("dns", new Names(List.of("a"), 5), "same", new Other("x"), "gone", new Other("y"));
    Map<String, Record> after =
        Map.of("dns", new Names(List.of("a", "b"), 6), "same", new Other("x"));

    assertThat(PluginKeys.changed(before, after))
        .isEqualTo(Map.of("dns", List.of("servers", "cache-entries-max")));
    assertThat(PluginKeys.changed(after, after)).isEmpty();
  }

  @Test
  void settingsOfAnotherVersionDifferInEachKey() {
    Map<String, Record> after = Map.of("dns", new Names(List.of(), 5));

    assertThat(PluginKeys.changed(Map.of("dns", new Other("")), after))
        .isEqualTo(PluginKeys.changed(Map.of(), after))
        .isEqualTo(Map.of("dns", List.of("servers", "cache-entries-max")));
  }
}
