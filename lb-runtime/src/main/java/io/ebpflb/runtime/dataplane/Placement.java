package io.ebpflb.runtime.dataplane;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sides of an interface that programs belong on. */
record Placement(NetworkLink link, Set<TcDirection> sides) {

  /**
   * For each configured interface, egress by TC on itself and ingress where its frames are met.
   *
   * @param configured those that are there
   * @param links all of the namespace
   * @return by interface index
   */
  static Map<Integer, Placement> of(
      AttachMode mode, Collection<NetworkLink> configured, Collection<NetworkLink> links) {
    Map<Integer, Placement> placements = new LinkedHashMap<>();
    for (NetworkLink link : configured) {
      add(placements, link, TcDirection.EGRESS);
      ingress(mode, link, links)
          .ifPresent(carrier -> add(placements, carrier, TcDirection.INGRESS));
    }
    return placements;
  }

  /** Where the ingress program of an interface belongs; empty if nowhere. */
  static Optional<NetworkLink> ingress(
      AttachMode mode, NetworkLink link, Collection<NetworkLink> links) {
    return mode == AttachMode.XDP_NATIVE ? XdpCarrier.find(link, links) : Optional.of(link);
  }

  private static void add(Map<Integer, Placement> placements, NetworkLink link, TcDirection side) {
    placements
        .computeIfAbsent(
            link.ifindex(), ifindex -> new Placement(link, EnumSet.noneOf(TcDirection.class)))
        .sides()
        .add(side);
  }
}
