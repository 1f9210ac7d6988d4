package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MapMemoryTest {
  @Test
  void aMapCountsOnceAndOtherFilesNot() {
    Map<String, Long> byMap = new HashMap<>();
    List<String> map = List.of("pos:\t0", "map_type:\t2", "memlock:\t4096", "map_id:\t7");
    MapMemory.add(byMap, map);
    MapMemory.add(byMap, map);
    MapMemory.add(byMap, List.of("pos:\t0", "prog_id:\t9", "memlock:\t8192"));
    assertThat(byMap).containsExactly(Map.entry("7", 4096L));
  }
}
