package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.FrameView.Side;

/**
 * An ICMP or ICMPv6 error and the packet that it quotes, read anew from the RFCs. The quoted packet
 * may end anywhere behind its ports.
 */
final class ErrorView {
  private static final int HEADER_BYTES = 8;

  private final FrameView outer;
  private final int protocol;
  private final int ip;
  private final int transport;
  private final boolean about;

  ErrorView(FrameView outer) {
    this.outer = outer;
    ip = outer.transport() + HEADER_BYTES;
    int header = outer.family() == 4 ? 20 : 40;
    if (!outer.isWhole() || !isError(outer) || ip + header > outer.end()) {
      protocol = -1;
      transport = -1;
      about = false;
      return;
    }
    int next = outer.u8(ip + (outer.family() == 4 ? 9 : 6));
    int at = ip + (outer.family() == 4 ? (outer.u8(ip) & 15) * 4 : header);
    while (outer.family() == 6 && FrameView.isExtension(next) && at + 2 <= outer.end()) {
      next = outer.u8(at);
      at += 8 * (outer.u8(at + 1) + 1);
    }
    protocol = next;
    transport = at;
    boolean first = outer.family() == 6 || (outer.u16(ip + 6) & 0x1fff) == 0;
    about =
        outer.u8(ip) >> 4 == outer.family()
            && first
            && (next == Packet.TCP || next == Packet.UDP)
            && at + 8 <= outer.end();
  }

  private static boolean isError(FrameView view) {
    if (view.protocol() != 1 && view.protocol() != 58 || view.transport() >= view.end()) {
      return false;
    }
    int type = view.u8(view.transport());
    return view.family() == 4 ? type == 3 || type == 11 || type == 12 : type >= 1 && type <= 4;
  }

  /** Whether it quotes the ports of a TCP or UDP packet; all that follows holds only then. */
  boolean isAboutAFlow() {
    return about;
  }

  int protocol() {
    return protocol;
  }

  int sourceOffset() {
    return ip + (outer.family() == 4 ? 12 : 8);
  }

  int destOffset() {
    return sourceOffset() + outer.addressBytes();
  }

  int transport() {
    return transport;
  }

  Side source() {
    return outer.side(sourceOffset(), transport);
  }

  Side dest() {
    return outer.side(destOffset(), transport + 2);
  }

  int headerCheckOffset() {
    return ip + 10;
  }

  int checkOffset() {
    return transport + (protocol == Packet.TCP ? 16 : 6);
  }

  /** Whether the quoted packet's checksum is within the quote. */
  boolean hasCheck() {
    return checkOffset() + 2 <= outer.end();
  }

  /** Of the quoted IPv4 header; 0 for IPv6. */
  int headerResidue() {
    return outer.family() == 4 ? FrameView.residue(outer.sum(ip, ip + (outer.u8(ip) & 15) * 4)) : 0;
  }

  /** Of what a translation changes of the quoted checksum's sum. */
  int transportResidue() {
    int addresses = sourceOffset() + 2 * outer.addressBytes();
    return FrameView.residue(
        outer.sum(sourceOffset(), addresses)
            + outer.sum(transport, transport + 4)
            + outer.u16(checkOffset()));
  }

  /** Of the error's own checksum; ICMPv6's covers the addresses too. */
  int residue() {
    int addresses = outer.sourceOffset() + 2 * outer.addressBytes();
    long pseudo = outer.family() == 4 ? 0 : outer.sum(outer.sourceOffset(), addresses);
    return FrameView.residue(pseudo + outer.sum(outer.transport(), outer.end()));
  }
}
