package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.dataplane.TableArena.Region;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
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
    TableArena arena = new TableArena(96);
    assertThat(arena.allocate(64)).hasValue(0);
    assertThat(arena.allocate(64)).isEmpty();
    assertThat(arena.allocate(32)).hasValue(64);
    assertThat(arena.used()).isEqualTo(96);
    assertThat(arena.allocate(1)).isEmpty();
  }

  @Test
  void takesTheSmallestRegionThatIsLargeEnough() {
    TableArena arena = new TableArena(64);
    Region wide = take(arena, 32);
    Region narrow = take(arena, 8);
    take(arena, 8);
    arena.free(wide);
    arena.free(narrow);

    assertThat(arena.allocate(8)).hasValue(narrow.offset());
  }

  @Test
  void halvesBecomeOne() {
    TableArena arena = new TableArena(96);
    List<Region> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      taken.add(take(arena, 16));
    }
    for (int i : new int[] {0, 2, 3, 1, 5, 4}) {
      arena.free(taken.get(i));
    }

    assertThat(arena.allocate(64)).hasValue(0);
    assertThat(arena.allocate(32)).hasValue(64);
  }

  @Test
  void onlyPowersOfTwoAreRegions() {
    TableArena arena = new TableArena(64);
    assertThatThrownBy(() -> arena.allocate(12)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new Region(32, 16).without(2))
        .containsExactly(new Region(34, 2), new Region(36, 4), new Region(40, 8));
  }

  @Test
  void retiredRegionsComeBackOnlyTogether() {
    TableArena arena = new TableArena(16);
    Region first = take(arena, 8);
    Region second = take(arena, 8);
    arena.retire(first);
    arena.retire(second);

    assertThat(arena.used()).isZero();
    assertThat(arena.allocate(1)).isEmpty();
    arena.freeRetired();
    assertThat(arena.hasRetired()).isFalse();
    assertThat(arena.allocate(16)).hasValue(0);
  }

  @Test
  void whatHasLeastToMoveIsFound() {
    TableArena arena = new TableArena(48);
    List<Region> taken = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      taken.add(take(arena, 4));
    }
    taken.sort(Comparator.comparingInt(Region::offset));
    List.of(0, 4, 5, 8, 9, 10).forEach(i -> arena.free(taken.get(i)));
    List<Region> movable = List.of(taken.get(1), taken.get(2), taken.get(3), taken.get(11));

    assertThat(arena.findLeastUsed(16, movable)).contains(new Region(32, 16));
    assertThat(arena.allocateWithin(new Region(32, 16)))
        .containsExactlyInAnyOrder(new Region(32, 8), new Region(40, 4));
    assertThat(arena.used()).isEqualTo(36);
    assertThat(arena.findLeastUsed(16, movable)).contains(new Region(0, 16));
    assertThat(arena.findLeastUsed(16, movable.subList(1, 4))).isEmpty();
  }

  @Test
  void regionsNeverOverlap() {
    TableArena arena = new TableArena(10_000);
    Random random = new Random(3);
    List<Region> taken = new ArrayList<>();
    BitSet slots = new BitSet();
    for (int i = 0; i < 20_000; i++) {
      int size = 1 << random.nextInt(9);
      OptionalInt offset = random.nextInt(5) < 3 ? arena.allocate(size) : OptionalInt.empty();
      if (offset.isPresent()) {
        Region region = new Region(offset.getAsInt(), size);
        assertThat(region.offset() % size).isZero();
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
    assertThat(arena.allocate(8192)).hasValue(0);
  }
}
