package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts programs on an interface: ingress by XDP or TC, egress by TC. For one thread at a time. */
final class Attacher {
  static final String EGRESS_PROGRAM = "lb_tc_egress";

  /** For tests on kernels that have TCX. */
  static final String FORCE_CLSACT_PROPERTY = "ebpflb.force-clsact";

  private static final Logger LOG = LoggerFactory.getLogger(Attacher.class);

  private final BpfObject object;
  private final AttachMode mode;
  private boolean clsact = Boolean.getBoolean(FORCE_CLSACT_PROPERTY);

  Attacher(BpfObject object, AttachMode mode) {
    this.object = object;
    this.mode = mode;
  }

  AttachMode mode() {
    return mode;
  }

  /** {@code "tc (tcx)"}. */
  String description() {
    if (mode != AttachMode.TC) {
      return mode.title();
    }
    return mode.title() + (clsact ? " (clsact)" : " (tcx)");
  }

  /**
   * Attaches egress first: no reply may leave unrestored once packets are rewritten.
   *
   * @return to be closed in this order
   * @throws AttachException if the kernel refuses; then nothing is left behind
   */
  List<Attachment> attach(NetworkLink link, Set<TcDirection> sides) {
    List<Attachment> parts = new ArrayList<>();
    try {
      if (sides.contains(TcDirection.EGRESS)) {
        attachTc(parts, link, EGRESS_PROGRAM, TcDirection.EGRESS);
      }
      if (sides.contains(TcDirection.INGRESS)) {
        if (mode == AttachMode.TC) {
          attachTc(parts, link, mode.ingressProgram(), TcDirection.INGRESS);
        } else {
          parts.add(BpfLink.xdp(object.program(mode.ingressProgram()), link, mode));
        }
      }
      Collections.reverse(parts);
      return parts;
    } catch (RuntimeException e) {
      Collections.reverse(parts);
      parts.forEach(Attachment::close);
      throw e;
    }
  }

  private void attachTc(
      List<Attachment> parts, NetworkLink link, String name, TcDirection direction) {
    BpfProgram program = object.program(name);
    if (!clsact) {
      Optional<BpfLink> tcx = BpfLink.tcx(program, link, direction);
      if (tcx.isPresent()) {
        parts.add(tcx.get());
        return;
      }
      LOG.info("kernel {} has no TCX: filters of a clsact qdisc instead", Kernel.release());
      clsact = true;
    }
    filters(parts, link).attach(program, direction);
  }

  /** Both directions share the qdisc. */
  private static ClsactFilters filters(List<Attachment> parts, NetworkLink link) {
    for (Attachment part : parts) {
      if (part instanceof ClsactFilters filters) {
        return filters;
      }
    }
    ClsactFilters filters = ClsactFilters.on(link);
    parts.add(filters);
    return filters;
  }
}
