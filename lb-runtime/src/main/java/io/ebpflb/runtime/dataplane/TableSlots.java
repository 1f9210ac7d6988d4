package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a group's table for one family of addresses is divided, by the table itself.
 *
 * @param size 0 if no backend may take new flows
 * @param backends slots of each, in the order of its address
 */
public record TableSlots(int size, Map<Endpoint, Integer> backends) {

  /**
   * Builds the table, which takes some milliseconds for hundreds of backends.
   *
   * @param tableSize {@link DataPlane#tableSize}
   * @return empty if the group has no backend of the family
   */
  public static Optional<TableSlots> of(Plan.Group group, boolean isIpv4, TableSize tableSize) {
    List<Weighted> backends = content(group, isIpv4);
    if (backends.isEmpty()) {
      return Optional.empty();
    }
    short[] table = MaglevTable.build(backends, tableSize);
    Map<Endpoint, Integer> slots = new LinkedHashMap<>();
    backends.forEach(backend -> slots.put(backend.endpoint(), 0));
    for (short index : table) {
      slots.merge(backends.get(index).endpoint(), 1, Integer::sum);
    }
    return Optional.of(new TableSlots(table.length, slots));
  }

  /** Of one family, each endpoint once. */
  static List<Weighted> content(Plan.Group group, boolean isIpv4) {
    return GroupContent.of(
            group.backends().stream()
                .filter(each -> each.endpoint().address() instanceof Inet4Address == isIpv4)
                .toList())
        .backends();
  }
}
