package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.TableArena.Region;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TableArenaTest {
  private static Region take(TableArena arena, int size) {
    return new Region(arena.allocate(size).orElseThrow(), size);
  }

  @Test
  void fillsUpToTheLastSlot() {
    TableArena arena = new TableArena(100);
    assertThat(arena.allocate(60)).hasValue(0);
    assertThat(arena.allocate(41)).isEmpty();
    assertThat(arena.allocate(40)).hasValue(60);
    assertThat(arena.used()).isEqualTo(100);
  }

  @Test
  void takesTheSmallestGapThatIsLargeEnough() {
    TableArena arena = new TableArena(100);
    Region wide = take(arena, 30);
    take(arena, 1);
    Region narrow = take(arena, 10);
    take(arena, 1);
    arena.free(wide);
    arena.free(narrow);

    assertThat(arena.allocate(9)).hasValue(narrow.offset());
  }

  @Test
  void neighboursBecomeOne() {
    TableArena arena = new TableArena(90);
    Region first = take(arena, 30);
    Region second = take(arena, 30);
    Region third = take(arena, 30);
    arena.free(first);
    arena.free(third);
    arena.free(second);

    assertThat(arena.allocate(90)).hasValue(0);
  }

  @Test
  void retiredRegionsComeBackOnlyTogether() {
    TableArena arena = new TableArena(20);
    Region first = take(arena, 10);
    Region second = take(arena, 10);
    arena.retire(first);
    arena.retire(second);

    assertThat(arena.used()).isZero();
    assertThat(arena.allocate(1)).isEmpty();
    arena.freeRetired();
    assertThat(arena.hasRetired()).isFalse();
    assertThat(arena.allocate(20)).hasValue(0);
  }

  @Test
  void regionsNeverOverlap() {
    TableArena arena = new TableArena(10_000);
    Random random = new Random(3);
    List<Region> taken = new ArrayList<>();
    BitSet slots = new BitSet();
    for (int i = 0; i < 20_000; i++) {
      int size = 1 + random.nextInt(400);
      OptionalInt offset = random.nextInt(5) < 3 ? arena.allocate(size) : OptionalInt.empty();
      if (offset.isPresent()) {
        Region region = new Region(offset.getAsInt(), size);
        assertThat(slots.get(region.offset(), region.offset() + size).isEmpty()).isTrue();
        slots.set(region.offset(), region.offset() + size);
        taken.add(region);
      } else if (!taken.isEmpty()) {
        Region region = taken.remove(random.nextInt(taken.size()));
        slots.clear(region.offset(), region.offset() + region.size());
        arena.free(region);
      }
      assertThat(arena.used()).isEqualTo(slots.cardinality());
    }
    taken.forEach(arena::free);
    assertThat(arena.allocate(10_000)).hasValue(0);
  }
}
