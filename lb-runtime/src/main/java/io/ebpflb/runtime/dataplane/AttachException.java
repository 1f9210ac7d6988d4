package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;

/** The kernel refuses a program on an interface; the message is an operator's. */
final class AttachException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int errno;

  AttachException(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  static AttachException xdp(NetworkLink link, AttachMode mode, int errno) {
    String kind = mode == AttachMode.XDP_NATIVE ? "native" : "generic";
    return new AttachException(
        "attach XDP to %s (%s): %s; %s"
            .formatted(link.name(), kind, Errno.name(errno), xdpRemedy(link, mode, errno)),
        errno);
  }

  static AttachException subInterface(NetworkLink link, String obstacle) {
    return new AttachException(
        "attach XDP to %s (native): %s; set hook = \"tc\"".formatted(link.name(), obstacle),
        Errno.EOPNOTSUPP);
  }

  static AttachException tc(NetworkLink link, String hook, int errno) {
    return new AttachException(
        "attach %s to %s: %s; %s"
            .formatted(hook, link.name(), Errno.name(errno), tcRemedy(link, errno)),
        errno);
  }

  int errno() {
    return errno;
  }

  private static String xdpRemedy(NetworkLink link, AttachMode mode, int errno) {
    return switch (errno) {
      case Errno.EPERM -> Capabilities.remedy();
      case Errno.EBUSY, Errno.EEXIST -> occupied(link);
      case Errno.ENODEV -> "the interface is gone";
      case Errno.EOPNOTSUPP ->
          mode == AttachMode.XDP_NATIVE
              ? "the driver has no native XDP, set hook = \"xdp-generic\""
              : "the kernel has no generic XDP, set hook = \"tc\"";
      default ->
          "the driver refuses it (MTU %d too large, or an offload in the way), set hook = \"tc\""
              .formatted(link.mtu());
    };
  }

  private static String occupied(NetworkLink link) {
    try (Memory id = new Memory(Integer.BYTES)) {
      id.clear();
      LibBpf.bpf_xdp_query_id(link.ifindex(), 0, id);
      String program = id.getInt(0) == 0 ? "another program" : programName(id.getInt(0));
      return "%s is attached already: remove it (ip link set dev %s xdp off), or set hook = \"tc\""
          .formatted(program, link.name());
    }
  }

  private static String programName(int id) {
    return "program %s (id %d)".formatted(ProgramInfo.findName(id).orElse("without a name"), id);
  }

  private static String tcRemedy(NetworkLink link, int errno) {
    return switch (errno) {
      case Errno.EPERM -> Capabilities.remedy();
      case Errno.ENODEV -> "the interface is gone";
      case Errno.EBUSY ->
          "a filter of someone else has our handle: remove it (tc filter show dev %s)"
              .formatted(link.name());
      default ->
          "the kernel needs CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_BPF and CONFIG_NET_CLS_ACT";
    };
  }
}
