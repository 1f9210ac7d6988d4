package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A plan worked out for the addresses of this host: what the maps shall hold, still without
 * numbers.
 *
 * @param keys wildcards expanded
 * @param parts each value of {@code keys} once
 * @param departing may go on being named; not new
 */
record Blueprint(
    Map<ServiceKey, Part> keys,
    List<Part> parts,
    Map<BackendIdentity, BackendEntry> backends,
    Set<DataPlane.BackendKey> departing) {

  static final Blueprint EMPTY = new Blueprint(Map.of(), List.of(), Map.of(), Set.of());

  /** What a service means for one family of addresses. Keys of one part share the instance. */
  record Part(
      ServiceIdentity service,
      byte family,
      Plan.Selection selection,
      GroupContent group,
      Map<Prefix, GroupContent> routes) {

    /** Different groups, each once: routes often share one. */
    List<GroupContent> contents() {
      return Stream.concat(Stream.of(group), routes.values().stream()).distinct().toList();
    }
  }

  /** How large tables are in so many slots; whatever the weights are. */
  TableSize tableSize(int room) {
    return TableSize.fitting(() -> tables().mapToInt(content -> content.backends().size()), room);
  }

  /** Slots that all tables take together. */
  long slots(TableSize size) {
    return tables().mapToLong(content -> content.slots(size)).sum();
  }

  private Stream<GroupContent> tables() {
    return parts.stream().flatMap(part -> part.contents().stream());
  }

  boolean hasBackendsOf(Blueprint other) {
    return backends.equals(other.backends) && departing.equals(other.departing);
  }

  record ServiceIdentity(String name, Protocol protocol) {}
}
