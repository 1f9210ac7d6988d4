package io.ebpflb.runtime.bench;

/** A kind of packet whose cost is measured. */
public enum PacketCase {
  ESTABLISHED("established"),
  REPLY("reply"),
  NEW_FLOW("new-flow"),
  PROMOTION("promotion"),
  NOT_OURS("not-ours");

  final String label;

  PacketCase(String label) {
    this.label = label;
  }

  /** What the packet may cost at most, in ns without the harness. */
  int budgetNanos(Family family, int flows) {
    return switch (this) {
      case NOT_OURS -> 20;
      case NEW_FLOW -> 500;
      // 500 more than a packet of one flow among many that is established already.
      case PROMOTION -> 260 + 500;
      case ESTABLISHED, REPLY -> flows > 1 ? 260 : family == Family.IPV4 ? 70 : 85;
    };
  }
}
