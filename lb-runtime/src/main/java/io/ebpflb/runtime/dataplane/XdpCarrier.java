package io.ebpflb.runtime.dataplane;

import java.util.Collection;
import java.util.Optional;

/**
 * The interface whose driver runs native XDP for another: a sub-interface has no driver, so the
 * program sees its frames on the parent, with their tag.
 */
final class XdpCarrier {
  private XdpCarrier() {}

  /**
   * @param links all of the namespace
   * @return empty if there is none; {@link #obstacle} tells why
   */
  static Optional<NetworkLink> find(NetworkLink link, Collection<NetworkLink> links) {
    if (link.vlan().isEmpty()) {
      return Optional.of(link);
    }
    int parent = link.vlan().get().parent();
    // The data path knows one tag.
    return links.stream()
        .filter(candidate -> candidate.ifindex() == parent && candidate.vlan().isEmpty())
        .findFirst();
  }

  /** Why native XDP cannot see an interface's frames, or cannot tell them from others. */
  static Optional<String> obstacle(NetworkLink link, Collection<NetworkLink> links) {
    if (link.vlan().isEmpty()) {
      return Optional.empty();
    }
    Optional<NetworkLink> parent = find(link, links);
    if (parent.isEmpty()) {
      return Optional.of(
          link.vlan().get().parent() == 0
              ? "its parent is in another network namespace"
              : "its frames have two VLAN tags");
    }
    String name = parent.get().name();
    return Ethtool.stripsVlanTags(name)
        ? Optional.of(
            "%s takes VLAN tags off before a program sees them (ethtool -K %s rxvlan off)"
                .formatted(name, name))
        : Optional.empty();
  }
}
