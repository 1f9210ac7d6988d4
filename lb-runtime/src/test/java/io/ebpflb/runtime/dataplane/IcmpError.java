package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;

/** What routers and hosts say about a packet that they could not use. */
enum IcmpError {
  TOO_BIG(3, 4, 2, 0, 1280),
  TIME_EXCEEDED(11, 0, 3, 0, 0),
  PORT_UNREACHABLE(3, 3, 1, 4, 0),
  PARAMETER_PROBLEM(12, 0, 4, 1, 6);

  private final int typeV4;
  private final int codeV4;
  private final int typeV6;
  private final int codeV6;
  private final int detail;

  IcmpError(int typeV4, int codeV4, int typeV6, int codeV6, int detail) {
    this.typeV4 = typeV4;
    this.codeV4 = codeV4;
    this.typeV6 = typeV6;
    this.codeV6 = codeV6;
    this.detail = detail;
  }

  /**
   * To the packet's sender.
   *
   * @param quotedBytes of what follows the quoted IP header
   */
  Packet about(Packet packet, int quotedBytes, InetAddress from) {
    byte[] quoted = packet.quoted(quotedBytes);
    boolean ipv4 = from.getAddress().length == 4;
    Packet p = Packet.of(ipv4 ? Packet.ICMP : Packet.ICMPV6).from(from, 0).to(packet.source(), 0);
    return ipv4 ? p.icmp(typeV4, codeV4, detail, quoted) : p.icmp(typeV6, codeV6, detail, quoted);
  }
}
