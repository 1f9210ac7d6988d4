package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs on the configured interfaces: ingress by XDP or TC, and TC egress on each of them.
 * Follows interfaces that go and come back. Thread safe.
 */
final class Attachments implements AutoCloseable {
  static final String EGRESS_PROGRAM = "lb_tc_egress";

  /** For tests on kernels that have TCX. */
  static final String FORCE_CLSACT_PROPERTY = "ebpflb.force-clsact";

  private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

  private final BpfObject object;
  private final List<String> interfaces;
  private final Map<String, Attached> byName = new HashMap<>();
  private AttachMode mode;
  private boolean clsact = Boolean.getBoolean(FORCE_CLSACT_PROPERTY);
  private boolean closed;

  private Attachments(BpfObject object, List<String> interfaces, AttachMode mode) {
    this.object = object;
    this.interfaces = interfaces;
    this.mode = mode;
  }

  private record Attached(int ifindex, List<Attachment> parts) {
    void close() {
      parts.forEach(Attachment::close);
    }
  }

  /**
   * Attaches to all of them, or to none.
   *
   * @param mode as {@link AttachMode#choose} decided
   * @param links the configured interfaces, in the config's order
   * @throws DataPlaneException if the kernel refuses
   */
  static Attachments open(BpfObject object, Hook hook, AttachMode mode, List<NetworkLink> links) {
    List<String> names = links.stream().map(NetworkLink::name).toList();
    Attachments attachments = new Attachments(object, names, mode);
    try {
      attachments.attachAll(links, hook == Hook.AUTO);
    } catch (AttachException e) {
      attachments.close();
      throw new DataPlaneException(e.getMessage(), e);
    }
    return attachments;
  }

  private synchronized void attachAll(List<NetworkLink> links, boolean mayFallBack) {
    try {
      links.forEach(this::attach);
    } catch (AttachException e) {
      if (!mayFallBack || mode != AttachMode.XDP_NATIVE || !isLackOfSupport(e)) {
        throw e;
      }
      LOG.warn("{}", e.getMessage());
      LOG.warn("falling back to generic XDP on all interfaces: packets cost several times as much");
      detachAll();
      mode = AttachMode.XDP_GENERIC;
      links.forEach(this::attach);
    }
  }

  private static boolean isLackOfSupport(AttachException e) {
    return switch (e.errno()) {
      case Errno.EPERM, Errno.EBUSY, Errno.EEXIST, Errno.ENODEV -> false;
      default -> true;
    };
  }

  synchronized AttachMode mode() {
    return mode;
  }

  /** Whether the config names this interface. */
  boolean isConfigured(String name) {
    return interfaces.contains(name);
  }

  /** Whether a program is on this interface. */
  synchronized boolean covers(String name) {
    return byName.containsKey(name);
  }

  /** {@code "xdp (native) on eth0, eth1"}. */
  synchronized String description() {
    String how = mode.title();
    if (mode == AttachMode.TC) {
      how += clsact ? " (clsact)" : " (tcx)";
    }
    return how
        + interfaces.stream()
            .map(name -> byName.containsKey(name) ? name : name + " (absent)")
            .collect(Collectors.joining(", ", " on ", ""));
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
    Map<String, NetworkLink> present =
        links.stream()
            .collect(Collectors.toMap(NetworkLink::name, Function.identity(), (a, b) -> a));
    for (String name : interfaces) {
      NetworkLink link = present.get(name);
      Attached attached = byName.get(name);
      if (attached != null && (link == null || link.ifindex() != attached.ifindex())) {
        byName.remove(name).close();
        LOG.warn("interface {} is gone: packets on it are not balanced until it is back", name);
        attached = null;
      }
      if (attached == null && link != null) {
        reattach(link);
      }
    }
  }

  private void reattach(NetworkLink link) {
    try {
      attach(link);
      LOG.info("interface {} is back: attached to it", link.name());
    } catch (AttachException e) {
      LOG.error("interface {} is back, but: {}", link.name(), e.getMessage());
    }
  }

  /** Egress first: no reply may leave unrestored once packets are rewritten. */
  private void attach(NetworkLink link) {
    List<Attachment> parts = new ArrayList<>();
    try {
      BpfProgram egress = object.program(EGRESS_PROGRAM);
      BpfProgram ingress = object.program(mode.ingressProgram());
      attachTc(parts, link, egress, TcDirection.EGRESS);
      if (mode == AttachMode.TC) {
        attachTc(parts, link, ingress, TcDirection.INGRESS);
      } else {
        parts.add(BpfLink.xdp(ingress, link, mode));
      }
    } catch (RuntimeException e) {
      closeLastFirst(parts);
      throw e;
    }
    Collections.reverse(parts);
    byName.put(link.name(), new Attached(link.ifindex(), parts));
  }

  private void attachTc(
      List<Attachment> parts, NetworkLink link, BpfProgram program, TcDirection direction) {
    if (!clsact) {
      Optional<BpfLink> tcx = BpfLink.tcx(program, link, direction);
      if (tcx.isPresent()) {
        parts.add(tcx.get());
        return;
      }
      LOG.info("kernel {} has no TCX: filters of a clsact qdisc instead", Kernel.release());
      clsact = true;
    }
    ClsactFilters filters =
        parts.stream()
            .filter(ClsactFilters.class::isInstance)
            .map(ClsactFilters.class::cast)
            .findFirst()
            .orElse(null);
    if (filters == null) {
      filters = ClsactFilters.on(link);
      parts.add(filters);
    }
    filters.attach(program, direction);
  }

  private static void closeLastFirst(List<Attachment> parts) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      parts.get(i).close();
    }
  }

  private void detachAll() {
    byName.values().forEach(Attached::close);
    byName.clear();
  }

  /** Detaches from all interfaces. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    detachAll();
  }
}
