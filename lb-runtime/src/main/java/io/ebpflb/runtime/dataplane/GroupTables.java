package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.GroupNumbers.Table;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import io.ebpflb.runtime.dataplane.TableArena.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;

/** Tables of groups: built, written to the arena, flipped in. */
final class GroupTables {
  private final MapStore store;
  private final TableArena arena;
  private final Runnable settle;
  private final Map<Integer, Group> groups = new HashMap<>();

  /**
   * @param settle waits for a grace period and frees what was retired
   */
  GroupTables(MapStore store, TableArena arena, Runnable settle) {
    this.store = store;
    this.arena = arena;
    this.settle = settle;
  }

  /** What a group is known to hold. */
  private static final class Group {
    /** Empty: the last write failed, the kernel may be at any of the regions. */
    private Optional<Table> content = Optional.empty();

    private final List<Region> regions = new ArrayList<>();
  }

  /** Slots of groups that these are not. */
  int slotsOutside(Set<Integer> numbers) {
    return groups.entrySet().stream()
        .filter(entry -> !numbers.contains(entry.getKey()))
        .flatMap(entry -> entry.getValue().regions.stream())
        .mapToInt(Region::size)
        .sum();
  }

  /**
   * Makes groups hold these; does nothing with those that do. A start has thousands, so they are
   * built on all CPUs before they are written one by one.
   */
  void write(Map<Integer, Table> wanted, ToIntBiFunction<Table, Plan.Endpoint> backendId) {
    Map<Integer, Table> missing = new LinkedHashMap<>(wanted);
    missing.entrySet().removeIf(entry -> holds(entry.getKey(), entry.getValue()));
    Map<Integer, short[]> built =
        missing.entrySet().parallelStream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> build(entry.getValue())));
    missing.forEach(
        (number, table) -> write(number, table, slots(table, built.get(number), backendId)));
  }

  private boolean holds(int number, Table table) {
    Group group = groups.get(number);
    return group != null && group.content.equals(Optional.of(table));
  }

  private void write(int number, Table table, short[] slots) {
    Optional<Table> wanted = Optional.of(table);
    Group group = groups.computeIfAbsent(number, n -> new Group());
    Optional<Region> fresh = allocate(slots.length);
    if (fresh.isEmpty() && group.regions.size() == 1 && group.content.isPresent()) {
      overwrite(group, slots, wanted);
      return;
    }
    Region region = fresh.orElseThrow(() -> noRoom(table, slots.length));
    writeFresh(region, slots);
    List<Region> old = List.copyOf(group.regions);
    group.content = Optional.empty();
    group.regions.add(region);
    store.setGroup(number, region.offset(), region.size());
    group.content = wanted;
    group.regions.removeAll(old);
    old.forEach(arena::retire);
  }

  /** Forgets groups that nothing in the maps leads to any more. */
  void retain(Set<Integer> numbers) {
    groups
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !numbers.contains(entry.getKey());
              if (gone) {
                entry.getValue().regions.forEach(arena::retire);
              }
              return gone;
            });
  }

  private Optional<Region> allocate(int size) {
    if (size == 0) {
      return Optional.of(Region.NONE);
    }
    OptionalInt offset = arena.allocate(size);
    if (offset.isEmpty() && arena.hasRetired()) {
      settle.run();
      offset = arena.allocate(size);
    }
    return offset.isPresent() ? Optional.of(new Region(offset.getAsInt(), size)) : Optional.empty();
  }

  private void writeFresh(Region region, short[] slots) {
    if (slots.length == 0) {
      return;
    }
    try {
      store.writeSlots(region.offset(), slots);
    } catch (RuntimeException e) {
      arena.free(region);
      throw e;
    }
  }

  /**
   * With the arena full, new slots replace the old ones one by one: each packet still sees an old
   * or a new choice, and a backend that failed is not kept for want of room.
   */
  private void overwrite(Group group, short[] slots, Optional<Table> wanted) {
    Region region = group.regions.get(0);
    if (region.size() != slots.length) {
      throw noRoom(wanted.orElseThrow(), slots.length);
    }
    group.content = Optional.empty();
    store.writeSlots(region.offset(), slots);
    group.content = wanted;
  }

  private DataPlaneException noRoom(Table table, int size) {
    return new DataPlaneException(
        "service \""
            + table.service().name()
            + "\": no "
            + size
            + " table slots in a row are free; raise max-table-slots ("
            + arena.capacity()
            + ") in [dataplane]");
  }

  /** Slots as indexes of the table's backends. */
  private static short[] build(Table table) {
    return MaglevTable.build(table.content().backends(), table.size());
  }

  /** The same by the ids of backends. */
  private static short[] slots(
      Table table, short[] built, ToIntBiFunction<Table, Plan.Endpoint> backendId) {
    List<Weighted> backends = table.content().backends();
    short[] ids = new short[backends.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (short) backendId.applyAsInt(table, backends.get(i).endpoint());
    }
    short[] slots = new short[built.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = ids[built[i]];
    }
    return slots;
  }
}
