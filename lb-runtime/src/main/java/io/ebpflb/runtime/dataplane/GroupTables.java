package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.GroupNumbers.Table;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import io.ebpflb.runtime.dataplane.TableArena.Region;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;

/** Tables of groups: built, written to the arena, flipped in. */
final class GroupTables {
  /** Tables in memory at a time. */
  private static final int BATCH = 128;

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

    int slots() {
      return regions.stream().mapToInt(Region::size).sum();
    }

    /** Whether a table can take the place of the one that is there. */
    boolean fits(int slots) {
      return content.isPresent() && slots <= slots();
    }
  }

  /** Most slots that are in use at a time while groups are made to hold these. */
  long slotsNeeded(Map<Integer, Table> wanted) {
    long inUse = groups.values().stream().mapToLong(Group::slots).sum();
    long most = inUse;
    for (Map.Entry<Integer, Table> entry : missing(wanted)) {
      Group group = groups.getOrDefault(entry.getKey(), new Group());
      int slots = slots(entry.getValue());
      most = group.fits(slots) ? most : Math.max(most, inUse + slots);
      inUse += slots - group.slots();
    }
    return most;
  }

  /**
   * Makes groups hold these; does nothing with those that do. A start has thousands, so batches of
   * them are built on all CPUs before they are written one by one.
   *
   * @param backendId called by several threads at once
   */
  void write(Map<Integer, Table> wanted, ToIntBiFunction<Table, Plan.Endpoint> backendId) {
    List<Map.Entry<Integer, Table>> missing = missing(wanted);
    Gathering gathering = new Gathering(arena, inArena(backendId), store::awaitReaders);
    for (int from = 0; from < missing.size(); from += BATCH) {
      List<Map.Entry<Integer, Table>> batch =
          missing.subList(from, Math.min(from + BATCH, missing.size()));
      Map<Integer, short[]> built =
          batch.parallelStream()
              .collect(
                  Collectors.toMap(Map.Entry::getKey, entry -> build(entry.getValue(), backendId)));
      for (Map.Entry<Integer, Table> entry : batch) {
        write(entry.getKey(), entry.getValue(), built.get(entry.getKey()), gathering);
      }
    }
  }

  /** What groups do not hold; those that get smaller first, since they make room. */
  private List<Map.Entry<Integer, Table>> missing(Map<Integer, Table> wanted) {
    return wanted.entrySet().stream()
        .filter(entry -> !holds(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingInt(entry -> growth(entry.getKey(), entry.getValue())))
        .toList();
  }

  private int growth(int number, Table table) {
    Group group = groups.get(number);
    return slots(table) - (group == null ? 0 : group.slots());
  }

  private static int slots(Table table) {
    return table.content().slots(table.size());
  }

  private boolean holds(int number, Table table) {
    Group group = groups.get(number);
    return group != null && group.content.equals(Optional.of(table));
  }

  private void write(int number, Table table, short[] slots, Gathering gathering) {
    Group group = groups.computeIfAbsent(number, n -> new Group());
    Optional<Region> fresh = allocate(slots.length);
    if (fresh.isEmpty() && group.fits(slots.length)) {
      overwrite(number, group, slots, table);
      return;
    }
    Region region =
        fresh.or(() -> gathering.gather(slots.length)).orElseThrow(() -> noRoom(table, slots));
    List<Region> old = List.copyOf(group.regions);
    flip(number, group, region, table, slots);
    old.forEach(arena::retire);
  }

  /** Leaves the group to its new region alone; the earlier ones are the caller's to retire. */
  private void flip(int number, Group group, Region region, Table table, short[] slots) {
    writeFresh(region, slots);
    group.content = Optional.empty();
    group.regions.add(region);
    store.setGroup(number, region.offset(), region.size());
    group.regions.retainAll(List.of(region));
    group.content = Optional.of(table);
  }

  private Gathering.Tables inArena(ToIntBiFunction<Table, Plan.Endpoint> backendId) {
    return new Gathering.Tables() {
      @Override
      public Set<Region> movable() {
        return groups.values().stream()
            .filter(group -> group.content.isPresent() && group.slots() > 0)
            .map(group -> group.regions.get(0))
            .collect(Collectors.toSet());
      }

      @Override
      public void move(Region from, Region to) {
        Map.Entry<Integer, Group> moved =
            groups.entrySet().stream()
                .filter(entry -> entry.getValue().regions.contains(from))
                .findFirst()
                .orElseThrow();
        Table table = moved.getValue().content.orElseThrow();
        flip(moved.getKey(), moved.getValue(), to, table, build(table, backendId));
      }
    };
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
  private void overwrite(int number, Group group, short[] slots, Table table) {
    Region region = group.regions.get(0);
    group.content = Optional.empty();
    store.writeSlots(region.offset(), slots);
    if (slots.length < region.size()) {
      store.setGroup(number, region.offset(), slots.length);
      group.regions.set(0, new Region(region.offset(), slots.length));
      region.without(slots.length).forEach(arena::retire);
    }
    group.content = Optional.of(table);
  }

  /** Only after writes have failed: groups that may be at several regions cannot be moved. */
  private DataPlaneException noRoom(Table table, short[] slots) {
    return new DataPlaneException(
        "service \""
            + table.service().name()
            + "\": no "
            + slots.length
            + " table slots in a row are free; raise max-table-slots ("
            + arena.capacity()
            + ") in [dataplane]");
  }

  /** Its slots, by the ids of backends. */
  private static short[] build(Table table, ToIntBiFunction<Table, Plan.Endpoint> backendId) {
    List<Weighted> backends = table.content().backends();
    short[] ids = new short[backends.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (short) backendId.applyAsInt(table, backends.get(i).endpoint());
    }
    short[] slots = MaglevTable.build(backends, table.size());
    for (int i = 0; i < slots.length; i++) {
      slots[i] = ids[slots[i]];
    }
    return slots;
  }
}
