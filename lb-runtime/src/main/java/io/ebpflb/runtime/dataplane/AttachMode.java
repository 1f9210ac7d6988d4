package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.util.List;
import java.util.Optional;
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

  /**
   * What to begin with; native XDP may still turn out not to be had.
   *
   * @param links the configured ones
   * @param present all of the namespace
   */
  static AttachMode choose(Hook hook, List<NetworkLink> links, List<NetworkLink> present) {
    return switch (hook) {
      case XDP -> XDP_NATIVE;
      case XDP_GENERIC -> XDP_GENERIC;
      case TC -> TC;
      case AUTO -> chooseFor(links, present);
    };
  }

  private static AttachMode chooseFor(List<NetworkLink> links, List<NetworkLink> present) {
    for (NetworkLink link : links) {
      Optional<String> reason = reasonForTc(link, present);
      if (reason.isPresent()) {
        LOG.info("hook = \"auto\": tc on all interfaces, since {}", reason.get());
        return TC;
      }
    }
    return XDP_NATIVE;
  }

  private static Optional<String> reasonForTc(NetworkLink link, List<NetworkLink> present) {
    NetworkLink carrier = XdpCarrier.find(link, present).orElse(link);
    if (VIRTUAL_KINDS.contains(carrier.kind())) {
      return Optional.of("%s is %s".formatted(carrier.name(), carrier.kind()));
    }
    if (Ethtool.driver(carrier.name()).equals(VIRTIO) && Ethtool.hasOffloads(carrier.name())) {
      return Optional.of(carrier.name() + " is virtio with offloads");
    }
    return XdpCarrier.obstacle(link, present)
        .map(obstacle -> "native XDP cannot serve %s: %s".formatted(link.name(), obstacle));
  }
}
