package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Group;
import io.ebpflb.runtime.dataplane.Plan.Selection;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much of a group's new flows goes elsewhere with another table, by tables of the best size: a
 * smaller one moves some more.
 */
public final class TableShift {
  private TableShift() {}

  /**
   * The share, 0 to 1, of new flows that get another backend, or none, or one where there was none.
   * What is hashed decides how two tables compare: with the same hash slot by slot, with another
   * hash as two independent draws, and at random by how far the shares differ.
   */
  public static double between(Group before, Selection selected, Group after, Selection selects) {
    double most = 0;
    for (boolean isIpv4 : new boolean[] {true, false}) {
      most =
          Math.max(most, between(table(before, isIpv4), selected, table(after, isIpv4), selects));
    }
    return most;
  }

  private static double between(
      List<Optional<Endpoint>> before,
      Selection selected,
      List<Optional<Endpoint>> after,
      Selection selects) {
    if (selected != selects) {
      return apart(shares(before), shares(after));
    }
    if (selects == Selection.RANDOM) {
      return distance(shares(before), shares(after));
    }
    List<Optional<Endpoint>> large = before.size() >= after.size() ? before : after;
    List<Optional<Endpoint>> small = large == before ? after : before;
    int moved = 0;
    for (int slot = 0; slot < large.size(); slot++) {
      // As the programs pick a slot: the upper bits of the hash, so sizes divide each other.
      Optional<Endpoint> there = small.get((int) ((long) slot * small.size() / large.size()));
      moved += there.equals(large.get(slot)) ? 0 : 1;
    }
    return (double) moved / large.size();
  }

  /** A group without weight is one slot of nobody. */
  private static List<Optional<Endpoint>> table(Group group, boolean isIpv4) {
    List<Weighted> backends = TableSlots.content(group, isIpv4);
    short[] slots = MaglevTable.build(backends, TableSize.BEST);
    @SuppressWarnings({"unchecked", "rawtypes"})
    Optional<Endpoint>[] table = new Optional[Math.max(1, slots.length)];
    table[0] = Optional.empty();
    for (int i = 0; i < slots.length; i++) {
      table[i] = Optional.of(backends.get(slots[i]).endpoint());
    }
    return List.of(table);
  }

  private static Map<Optional<Endpoint>, Double> shares(List<Optional<Endpoint>> table) {
    Map<Optional<Endpoint>, Double> shares = new HashMap<>();
    table.forEach(each -> shares.merge(each, 1.0 / table.size(), Double::sum));
    return shares;
  }

  private static double apart(
      Map<Optional<Endpoint>, Double> before, Map<Optional<Endpoint>, Double> after) {
    return 1
        - before.entrySet().stream()
            .mapToDouble(each -> each.getValue() * after.getOrDefault(each.getKey(), 0.0))
            .sum();
  }

  private static double distance(
      Map<Optional<Endpoint>, Double> before, Map<Optional<Endpoint>, Double> after) {
    return before.entrySet().stream()
        .mapToDouble(each -> Math.max(0, each.getValue() - after.getOrDefault(each.getKey(), 0.0)))
        .sum();
  }
}
