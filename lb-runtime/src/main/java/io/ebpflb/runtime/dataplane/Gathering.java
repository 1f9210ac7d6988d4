package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.TableArena.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Makes one free region of many small ones: tables that lie in the way move, each by a flip of its
 * group. That it always succeeds if enough slots are free follows from sizes that are powers of
 * two: a stretch that is not filled by larger tables has more room outside than what it holds.
 */
final class Gathering {

  /** What lies in the arena. */
  interface Tables {

    /** Regions of tables that may move. */
    Set<Region> movable();

    /**
     * Moves a table. Packets may read where it was until a grace period is over.
     *
     * @param to taken; given back if this throws and nothing leads there
     */
    void move(Region from, Region to);
  }

  private final TableArena arena;
  private final Tables tables;
  private final Runnable awaitReaders;

  /** Being emptied; the last for the sake of those before it. */
  private final Deque<Region> windows = new ArrayDeque<>();

  Gathering(TableArena arena, Tables tables, Runnable awaitReaders) {
    this.arena = arena;
    this.tables = tables;
    this.awaitReaders = awaitReaders;
  }

  /**
   * Waits for grace periods, at least one.
   *
   * @param size a power of two
   * @return taken; empty if there is not enough room that can be brought together
   */
  Optional<Region> gather(int size) {
    Optional<Region> window = arena.findLeastUsed(size, movable());
    return window.isPresent() && !empty(window.get()) ? Optional.empty() : window;
  }

  private List<Region> movable() {
    return tables.movable().stream()
        .filter(table -> windows.stream().noneMatch(window -> window.contains(table)))
        .toList();
  }

  /** Takes the window; if that fails it is as it was, but for tables that moved. */
  private boolean empty(Region window) {
    List<Region> inTheWay =
        movable().stream()
            .filter(window::contains)
            .sorted(Comparator.comparingInt(Region::size).reversed())
            .toList();
    List<Region> free = arena.allocateWithin(window);
    List<Region> left = new ArrayList<>();
    boolean isDone = false;
    windows.push(window);
    try {
      for (Region table : inTheWay) {
        Optional<Region> to = allocate(table.size());
        if (to.isEmpty()) {
          return false;
        }
        tables.move(table, to.get());
        left.add(table);
      }
      awaitReaders.run();
      isDone = true;
      return true;
    } finally {
      windows.pop();
      if (!isDone) {
        free.forEach(arena::free);
        left.forEach(arena::retire);
      }
    }
  }

  private Optional<Region> allocate(int size) {
    OptionalInt offset = arena.allocate(size);
    return offset.isPresent() ? Optional.of(new Region(offset.getAsInt(), size)) : gather(size);
  }
}
