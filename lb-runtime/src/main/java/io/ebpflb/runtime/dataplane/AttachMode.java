package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the ingress program attaches: the same for all interfaces of an instance. */
enum AttachMode {
  XDP_NATIVE("xdp (native)", "lb_xdp"),
  XDP_GENERIC("xdp (generic)", "lb_xdp"),
  TC("tc", "lb_tc_ingress");

  private static final Logger LOG = LoggerFactory.getLogger(AttachMode.class);

  /** On these, packets come merged and with unfinished checksums, which only TC keeps. */
  private static final Set<String> VIRTUAL_KINDS = Set.of("veth", "tun");

  private static final String VIRTIO = "virtio_net";

  private final String title;
  private final String ingressProgram;

  AttachMode(String title, String ingressProgram) {
    this.title = title;
    this.ingressProgram = ingressProgram;
  }

  String title() {
    return title;
  }

  String ingressProgram() {
    return ingressProgram;
  }

  /** What to begin with; native XDP may still turn out not to be had. */
  static AttachMode choose(Hook hook, List<NetworkLink> links) {
    return switch (hook) {
      case XDP -> XDP_NATIVE;
      case XDP_GENERIC -> XDP_GENERIC;
      case TC -> TC;
      case AUTO -> chooseFor(links);
    };
  }

  private static AttachMode chooseFor(List<NetworkLink> links) {
    for (NetworkLink link : links) {
      String reason = reasonForTc(link);
      if (!reason.isEmpty()) {
        LOG.info("hook = \"auto\": tc on all interfaces, since {} is {}", link.name(), reason);
        return TC;
      }
    }
    return XDP_NATIVE;
  }

  private static String reasonForTc(NetworkLink link) {
    if (VIRTUAL_KINDS.contains(link.kind())) {
      return link.kind();
    }
    boolean merges = Ethtool.driver(link.name()).equals(VIRTIO) && Ethtool.hasOffloads(link.name());
    return merges ? "virtio with offloads" : "";
  }
}
