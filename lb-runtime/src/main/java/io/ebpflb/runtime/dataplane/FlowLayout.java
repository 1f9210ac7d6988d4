package io.ebpflb.runtime.dataplane;

/** {@code struct lb_flow4} and {@code struct lb_flow6}, lines of {@code struct lb_flow_set}. */
final class FlowLayout {
  static final int LINE_BYTES = 64;

  static final int WORD = 0;
  static final int CLIENT = 8;

  /** Of IPv4 flows. */
  static final int SERVICE4 = 12;

  static final int PORTS4 = 20;

  /** Of IPv6 flows, which take two lines. */
  static final int SERVICE6 = 24;

  static final int PORTS6 = 72;

  static final int CLIENT_PORT = 0;
  static final int SERVICE_PORT = 2;

  /** From the start of the flow's last line. */
  static final int LAST_SEEN = 56;

  /** {@code enum lb_flow_kind}. */
  static final int FREE = 0;

  static final int TCP4 = 1;
  static final int TCP6 = 9;
  static final int TAIL = 16;
  private static final int KIND_IPV6 = 8;

  private static final int FIN_BOTH = 0x0c;
  private static final int RESET = 0x10;
  private static final int SPILLED = 0x20;
  private static final int ASIDE = 0x40;
  private static final int ESTABLISHED = 0x80;

  private FlowLayout() {}

  static int version(long word) {
    return (int) word;
  }

  static int kind(long word) {
    return (int) (word >> 40) & 0xff;
  }

  static int backend(long word) {
    return (int) (word >> 48) & 0xffff;
  }

  /** Whether a flow begins in this line that counts and is not being written. */
  static boolean isFlow(long word) {
    int kind = kind(word);
    return kind != FREE && kind != TAIL && (version(word) & 1) == 0 && !isAside(word);
  }

  /** Kept in case that the RST which ended it was forged. */
  private static boolean isAside(long word) {
    return ((word >> 32) & (ESTABLISHED | ASIDE)) == ASIDE;
  }

  static boolean isIpv6(long word) {
    return (kind(word) & KIND_IPV6) != 0;
  }

  static boolean isTcp(long word) {
    return kind(word) == TCP4 || kind(word) == TCP6;
  }

  static FlowList.State state(long word) {
    int state = (int) (word >> 32) & 0xff;
    if ((state & FIN_BOTH) == FIN_BOTH || (state & RESET) != 0) {
      return FlowList.State.CLOSING;
    }
    return (state & (ESTABLISHED | SPILLED)) != 0
        ? FlowList.State.ESTABLISHED
        : FlowList.State.OPENING;
  }
}
