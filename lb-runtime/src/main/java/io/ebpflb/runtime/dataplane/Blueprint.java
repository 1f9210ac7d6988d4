package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TableSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plan worked out for the addresses of this host: what the maps shall hold, still without
 * numbers.
 *
 * @param keys wildcards expanded
 * @param parts each value of {@code keys} once
 * @param departing may go on being named; not new
 * @param claims of services that are closing, for which there is no room in the map: packets of
 *     their flows are looked at, new ones are the network stack's
 */
record Blueprint(
    Map<ServiceKey, ServicePart> keys,
    List<ServicePart> parts,
    Set<DataPlane.BackendKey> departing,
    Set<ServiceKey> claims) {

  static final Blueprint EMPTY = new Blueprint(Map.of(), List.of(), Set.of(), Set.of());

  /** Of all parts. */
  Map<BackendIdentity, BackendEntry> backends() {
    Map<BackendIdentity, BackendEntry> backends = new LinkedHashMap<>();
    parts.forEach(part -> backends.putAll(part.backends()));
    return backends;
  }

  /** How large tables are in so many slots; whatever the weights are. */
  TableSize tableSize(int room) {
    int[] groups = new int[parts.stream().mapToInt(part -> part.contents().size()).sum()];
    int group = 0;
    for (ServicePart part : parts) {
      for (GroupContent content : part.contents()) {
        groups[group++] = content.backends().size();
      }
    }
    return TableSize.fitting(groups, room);
  }

  /** Slots that all tables take together. */
  long slots(TableSize size) {
    long slots = 0;
    for (ServicePart part : parts) {
      for (GroupContent content : part.contents()) {
        slots += content.slots(size);
      }
    }
    return slots;
  }

  /**
   * Whether its backends are those of the other one, as far as a look at the parts that are not the
   * same can tell: of 10,000 backends one changes its weight, time and again.
   */
  boolean hasBackendsOf(Blueprint other) {
    if (parts.size() != other.parts.size() || !departing.equals(other.departing)) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      ServicePart part = parts.get(i);
      if (part != other.parts.get(i) && !part.backends().equals(other.parts.get(i).backends())) {
        return false;
      }
    }
    return true;
  }

  record ServiceIdentity(String name, Protocol protocol) {

    // Written out: what a record generates is slow until compiled, and a plan has thousands.
    @Override
    public boolean equals(Object other) {
      return this == other
          || other instanceof ServiceIdentity that
              && protocol == that.protocol
              && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      return name.hashCode() * 31 + protocol.ordinal();
    }
  }
}
