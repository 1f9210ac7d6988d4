package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Backend;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Spreads backends over the slots of a table, by weight. The result depends on the set of endpoints
 * and their weights alone: every node and every restart builds the same table.
 *
 * <p>As in Maglev (NSDI 2016, section 3.4) each backend has an order of preference over all slots.
 * Here it also has an exact quota, and a slot taken is given up to a backend that wants it more
 * (stable matching), which moves half as many slots when the group changes.
 */
final class MaglevTable {
  private MaglevTable() {}

  /**
   * Which backend each slot belongs to, as indexes into {@code backends}; an empty table if no
   * weight is above zero. A weight above zero gets at least one slot.
   *
   * @throws IllegalArgumentException if a weight is negative or not finite, or for more than {@link
   *     Backend#GROUP_MAX} backends
   */
  static short[] build(List<Weighted> backends, TableSize size) {
    if (backends.size() > Backend.GROUP_MAX) {
      throw new IllegalArgumentException(
          backends.size() + " backends in a group, at most " + Backend.GROUP_MAX);
    }
    SlotOrder[] orders = new SlotOrder[backends.size()];
    Arrays.setAll(orders, i -> new SlotOrder(backends.get(i).endpoint()));
    int[] wanting =
        IntStream.range(0, orders.length)
            .filter(i -> backends.get(i).weight() != 0)
            .boxed()
            .sorted(Comparator.comparing(i -> orders[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    if (wanting.length == 0) {
      return new short[0];
    }
    double[] weights = Arrays.stream(wanting).mapToDouble(i -> backends.get(i).weight()).toArray();
    SlotOrder[] wantingOrders =
        Arrays.stream(wanting).mapToObj(i -> orders[i]).toArray(SlotOrder[]::new);
    int slots = size.slots(orders.length);
    int cells = Math.min(size.cells(), slots);
    short[] table = new SlotMatching(wantingOrders, weights, cells, slots).run();
    for (int slot = 0; slot < table.length; slot++) {
      table[slot] = (short) wanting[table[slot]];
    }
    return table;
  }
}
