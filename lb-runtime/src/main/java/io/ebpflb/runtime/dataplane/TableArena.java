package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which slots of the arena are taken. Best fit, neighbours joined when freed. A region that packets
 * may still read is retired first and freed together with all others after a grace period.
 */
final class TableArena {

  /** Consecutive slots. */
  record Region(int offset, int size) {
    static final Region NONE = new Region(0, 0);
  }

  private static final Comparator<Region> BY_SIZE =
      Comparator.comparingInt(Region::size).thenComparingInt(Region::offset);

  private final int capacity;
  private final TreeMap<Integer, Region> freeByOffset = new TreeMap<>();
  private final TreeSet<Region> freeBySize = new TreeSet<>(BY_SIZE);
  private final List<Region> retired = new ArrayList<>();
  private int free;

  TableArena(int capacity) {
    this.capacity = capacity;
    add(new Region(0, capacity));
    free = capacity;
  }

  int capacity() {
    return capacity;
  }

  /** Slots in regions allocated and neither freed nor retired. */
  int used() {
    return capacity - free - retired.stream().mapToInt(Region::size).sum();
  }

  /**
   * Takes the smallest free stretch that is large enough.
   *
   * @param size above zero
   * @return the offset; empty if no free stretch is large enough
   */
  OptionalInt allocate(int size) {
    Region found = freeBySize.ceiling(new Region(0, size));
    if (found == null) {
      return OptionalInt.empty();
    }
    drop(found);
    if (found.size() > size) {
      add(new Region(found.offset() + size, found.size() - size));
    }
    free -= size;
    return OptionalInt.of(found.offset());
  }

  /** Gives back a region that no packet reads any more. */
  void free(Region region) {
    if (region.size() == 0) {
      return;
    }
    Region joined = region;
    var before = freeByOffset.lowerEntry(region.offset());
    if (before != null && end(before.getValue()) == region.offset()) {
      joined = new Region(before.getKey(), before.getValue().size() + joined.size());
      drop(before.getValue());
    }
    Region after = freeByOffset.get(end(region));
    if (after != null) {
      joined = new Region(joined.offset(), joined.size() + after.size());
      drop(after);
    }
    add(joined);
    free += region.size();
  }

  /** Gives back a region that packets may read until the next grace period is over. */
  void retire(Region region) {
    if (region.size() > 0) {
      retired.add(region);
    }
  }

  boolean hasRetired() {
    return !retired.isEmpty();
  }

  /** To be called when a grace period is over that began after the last {@link #retire}. */
  void freeRetired() {
    retired.forEach(this::free);
    retired.clear();
  }

  private static int end(Region region) {
    return region.offset() + region.size();
  }

  private void add(Region region) {
    freeByOffset.put(region.offset(), region);
    freeBySize.add(region);
  }

  private void drop(Region region) {
    freeByOffset.remove(region.offset());
    freeBySize.remove(region);
  }
}
