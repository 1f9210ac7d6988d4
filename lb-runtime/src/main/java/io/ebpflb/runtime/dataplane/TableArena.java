package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which slots of the arena are taken. Regions are powers of two in size and lie at multiples of it,
 * so what is free in small pieces can always be brought together by moving tables ({@link
 * Gathering}). A region that packets may still read is retired first and freed together with all
 * others after a grace period.
 */
final class TableArena {

  /** Consecutive slots. */
  record Region(int offset, int size) {
    static final Region NONE = new Region(0, 0);

    boolean contains(Region other) {
      return offset <= other.offset && other.offset + other.size <= offset + size;
    }

    /** What is left of it without its first slots, in pieces as the arena takes them. */
    List<Region> without(int first) {
      List<Region> pieces = new ArrayList<>();
      for (int piece = first; piece < size; piece *= 2) {
        pieces.add(new Region(offset + piece, piece));
      }
      return pieces;
    }
  }

  /** Of a stretch that tables would have to leave. */
  private static final class Window {
    private int free;
    private int used;
  }

  private final int capacity;

  /** Offsets of free regions, by the power of two that is their size. */
  private final List<TreeSet<Integer>> freeByOrder =
      IntStream.range(0, Integer.SIZE - 1).mapToObj(order -> new TreeSet<Integer>()).toList();

  private final List<Region> retired = new ArrayList<>();
  private int free;

  TableArena(int capacity) {
    this.capacity = capacity;
    for (int rest = capacity; rest > 0; rest -= Integer.highestOneBit(rest)) {
      free(new Region(capacity - rest, Integer.highestOneBit(rest)));
    }
  }

  int capacity() {
    return capacity;
  }

  /** Slots in regions allocated and neither freed nor retired. */
  int used() {
    return capacity - free - retired.stream().mapToInt(Region::size).sum();
  }

  /**
   * Takes the first of the smallest free regions that are large enough.
   *
   * @param size a power of two
   * @return the offset; empty if no free region is large enough
   */
  OptionalInt allocate(int size) {
    for (int order = order(size); order < freeByOrder.size(); order++) {
      Integer offset = freeByOrder.get(order).pollFirst();
      if (offset != null) {
        Region found = new Region(offset, 1 << order);
        free -= found.size();
        found.without(size).forEach(this::free);
        return OptionalInt.of(offset);
      }
    }
    return OptionalInt.empty();
  }

  /** Gives back a region that no packet reads any more. */
  void free(Region region) {
    if (region.size() == 0) {
      return;
    }
    free += region.size();
    int order = order(region.size());
    int offset = region.offset();
    while (freeByOrder.get(order).remove(offset ^ (1 << order))) {
      offset &= -(2 << order);
      order++;
    }
    freeByOrder.get(order).add(offset);
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

  /**
   * Where a region of this size could be with the least to move.
   *
   * @param movable regions that may be moved away
   * @return empty if too few slots are free, or what cannot be moved lies in the way everywhere
   */
  Optional<Region> findLeastUsed(int size, Collection<Region> movable) {
    Map<Integer, Window> windows = new HashMap<>();
    for (int order = 0; order < order(size); order++) {
      for (int offset : freeByOrder.get(order)) {
        windows.computeIfAbsent(offset & -size, o -> new Window()).free += 1 << order;
      }
    }
    for (Region region : movable) {
      if (region.size() < size) {
        windows.computeIfAbsent(region.offset() & -size, o -> new Window()).used += region.size();
      }
    }
    return windows.entrySet().stream()
        .filter(each -> each.getValue().free + each.getValue().used == size)
        .min(Comparator.comparingInt(each -> each.getValue().used))
        .map(each -> new Region(each.getKey(), size));
  }

  /** Takes what is free within a region, all of it. */
  List<Region> allocateWithin(Region region) {
    List<Region> pieces = new ArrayList<>();
    for (int order = 0; order < order(region.size()); order++) {
      var inside = freeByOrder.get(order).subSet(region.offset(), region.offset() + region.size());
      for (int offset : inside) {
        pieces.add(new Region(offset, 1 << order));
      }
      inside.clear();
    }
    free -= pieces.stream().mapToInt(Region::size).sum();
    return pieces;
  }

  private static int order(int size) {
    if (Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(size + " slots are no power of two");
    }
    return Integer.numberOfTrailingZeros(size);
  }
}
