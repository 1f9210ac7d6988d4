package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs of the configured interfaces: ingress by XDP or TC, and TC egress on each of them.
 * Follows interfaces that go and come back. Thread safe.
 */
final class Attachments implements DeviceTable.Programs, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

  private final BpfObject object;
  private final List<String> interfaces;
  private final Map<Integer, Attached> byIfindex = new HashMap<>();

  /** Configured interfaces whose programs are all in place, with their indexes. */
  private Map<String, Integer> served = Map.of();

  /** Why an interface has no program although it is there; said once. */
  private final Map<String, String> refusals = new HashMap<>();

  private Attacher attacher;
  private boolean closed;

  private Attachments(BpfObject object, List<String> interfaces, AttachMode mode) {
    this.object = object;
    this.interfaces = interfaces;
    this.attacher = new Attacher(object, mode);
  }

  private record Attached(Set<TcDirection> sides, List<Attachment> parts) {
    void close() {
      parts.forEach(Attachment::close);
    }
  }

  /**
   * Attaches to all of them, or to none.
   *
   * @param mode as {@link AttachMode#choose} decided
   * @param links the configured interfaces, in the config's order
   * @param present all of the namespace
   * @throws DataPlaneException if the kernel refuses
   */
  static Attachments open(
      BpfObject object,
      Hook hook,
      AttachMode mode,
      List<NetworkLink> links,
      List<NetworkLink> present) {
    List<String> names = links.stream().map(NetworkLink::name).toList();
    Attachments attachments = new Attachments(object, names, mode);
    try {
      attachments.attachAll(present, hook == Hook.AUTO);
    } catch (AttachException e) {
      attachments.close();
      throw new DataPlaneException(e.getMessage(), e);
    }
    return attachments;
  }

  private synchronized void attachAll(List<NetworkLink> present, boolean mayFallBack) {
    try {
      requireCarriers(present);
      wanted(present).values().forEach(this::attach);
    } catch (AttachException e) {
      if (!mayFallBack || attacher.mode() != AttachMode.XDP_NATIVE || !isLackOfSupport(e)) {
        throw e;
      }
      LOG.warn("{}", e.getMessage());
      LOG.warn("falling back to generic XDP on all interfaces: packets cost several times as much");
      detachAll();
      attacher = new Attacher(object, AttachMode.XDP_GENERIC);
      wanted(present).values().forEach(this::attach);
    }
    served = served(present);
  }

  private void requireCarriers(List<NetworkLink> present) {
    if (attacher.mode() == AttachMode.XDP_NATIVE) {
      for (NetworkLink link : present(present).values()) {
        XdpCarrier.obstacle(link, present)
            .ifPresent(
                obstacle -> {
                  throw AttachException.subInterface(link, obstacle);
                });
      }
    }
  }

  private static boolean isLackOfSupport(AttachException e) {
    return switch (e.errno()) {
      case Errno.EPERM, Errno.EBUSY, Errno.EEXIST, Errno.ENODEV -> false;
      default -> true;
    };
  }

  /** Whether the config names this interface. */
  boolean isConfigured(String name) {
    return interfaces.contains(name);
  }

  /** {@code "xdp (native) on eth0, eth1"}. */
  synchronized String description() {
    return attacher.description()
        + interfaces.stream()
            .map(name -> served.containsKey(name) ? name : name + " (absent)")
            .collect(Collectors.joining(", ", " on ", ""));
  }

  @Override
  public synchronized boolean sendBy(NetworkLink link) {
    return attacher.mode() != AttachMode.XDP_NATIVE
        || hasIngress(link.vlan().map(VlanTag::parent).orElse(link.ifindex()));
  }

  /** A veth into a container, mostly. */
  @Override
  public synchronized boolean skipEgress(NetworkLink link) {
    return attacher.mode() == AttachMode.TC
        && link.isVeth()
        && link.leadsOut()
        && link.isUnqueued()
        && TcPrograms.areOurs(link, TcDirection.EGRESS);
  }

  @Override
  public synchronized Optional<VlanTag> tagToAdd(NetworkLink link) {
    return attacher.mode() == AttachMode.XDP_NATIVE
        ? link.vlan().filter(tag -> hasIngress(tag.parent()))
        : Optional.empty();
  }

  @Override
  public Optional<VlanTag> tagToRemove(NetworkLink link) {
    return isConfigured(link.name()) ? tagToAdd(link) : Optional.empty();
  }

  private boolean hasIngress(int ifindex) {
    Attached attached = byIfindex.get(ifindex);
    return attached != null && attached.sides().contains(TcDirection.INGRESS);
  }

  /**
   * Detaches from interfaces that went, attaches to those that are back.
   *
   * @param links all of the namespace
   */
  synchronized void follow(Collection<NetworkLink> links) {
    if (closed) {
      return;
    }
    Map<Integer, Placement> wanted = wanted(links);
    byIfindex
        .entrySet()
        .removeIf(
            entry -> {
              Placement still = wanted.get(entry.getKey());
              boolean stays = still != null && still.sides().equals(entry.getValue().sides());
              if (!stays) {
                entry.getValue().close();
              }
              return !stays;
            });
    wanted.values().forEach(this::tryToAttach);
    Map<String, Integer> now = served(links);
    interfaces.forEach(name -> report(name, served.get(name), now.get(name), links));
    served = now;
  }

  private void tryToAttach(Placement wanted) {
    String name = wanted.link().name();
    try {
      attach(wanted);
      refusals.remove(name);
    } catch (AttachException e) {
      if (!e.getMessage().equals(refusals.put(name, e.getMessage()))) {
        LOG.error("interface {} is there, but: {}", name, e.getMessage());
      }
    }
  }

  private static void report(
      String name, Integer before, Integer now, Collection<NetworkLink> links) {
    if (before != null && now == null) {
      LOG.warn(
          "interface {} is gone{}: packets on it are not balanced until it is back",
          name,
          links.stream()
              .filter(link -> link.ifindex() == before && !link.name().equals(name))
              .map(link -> " (renamed to " + link.name() + ")")
              .findFirst()
              .orElse(""));
    } else if (before == null && now != null) {
      LOG.info("interface {} is back: attached to it", name);
    } else if (now != null && !now.equals(before)) {
      LOG.info("interface {} was replaced: attached to the new one", name);
    }
  }

  private void attach(Placement wanted) {
    if (!byIfindex.containsKey(wanted.link().ifindex())) {
      byIfindex.put(
          wanted.link().ifindex(),
          new Attached(wanted.sides(), attacher.attach(wanted.link(), wanted.sides())));
    }
  }

  private Map<Integer, Placement> wanted(Collection<NetworkLink> links) {
    return Placement.of(attacher.mode(), present(links).values(), links);
  }

  private Map<String, Integer> served(Collection<NetworkLink> links) {
    Map<String, Integer> found = new HashMap<>();
    present(links)
        .forEach(
            (name, link) -> {
              boolean ingress =
                  Placement.ingress(attacher.mode(), link, links)
                      .filter(carrier -> hasIngress(carrier.ifindex()))
                      .isPresent();
              if (ingress && byIfindex.containsKey(link.ifindex())) {
                found.put(name, link.ifindex());
              }
            });
    return found;
  }

  /** The configured interfaces that are there, in the config's order. */
  private Map<String, NetworkLink> present(Collection<NetworkLink> links) {
    Map<String, NetworkLink> all =
        links.stream()
            .collect(Collectors.toMap(NetworkLink::name, Function.identity(), (a, b) -> a));
    Map<String, NetworkLink> present = new LinkedHashMap<>();
    for (String name : interfaces) {
      if (all.containsKey(name)) {
        present.put(name, all.get(name));
      }
    }
    return present;
  }

  private void detachAll() {
    byIfindex.values().forEach(Attached::close);
    byIfindex.clear();
  }

  /** Detaches from all interfaces. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    detachAll();
  }
}
