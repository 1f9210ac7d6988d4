package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;

/**
 * What a frame says, read anew from the RFCs: the tests' own eyes, which share nothing with the
 * programs under test.
 */
final class FrameView {
  static final int ETHERNET_BYTES = 14;

  private static final int IPV6_BYTES = 40;
  private static final int EXTENSIONS_MAX = 4;
  private static final int TCP_BYTES = 20;
  private static final int UDP_BYTES = 8;

  /** An address and a port. */
  record Side(ByteBuffer address, int port) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < address.capacity(); i++) {
        text.append("%02x".formatted(address.get(i)));
      }
      return text + ":" + port;
    }
  }

  private final byte[] frame;
  private final ByteBuffer bytes;
  private int family;
  private int protocol = -1;
  private int transport;
  private int end;
  private boolean whole;
  private boolean flow;
  private ByteBuffer datagram;
  private int fragmentOffset;

  FrameView(byte[] frame) {
    this.frame = frame;
    this.bytes = ByteBuffer.wrap(frame);
    if (frame.length < ETHERNET_BYTES) {
      return;
    }
    int type = u16(12);
    if (type == 0x0800 && has(ETHERNET_BYTES, 20)) {
      family = 4;
      ipv4();
    } else if (type == 0x86dd && has(ETHERNET_BYTES, IPV6_BYTES)) {
      family = 6;
      ipv6();
    }
  }

  private void ipv4() {
    int header = (u8(14) & 15) * 4;
    end = ETHERNET_BYTES + u16(16);
    protocol = u8(23);
    transport = ETHERNET_BYTES + header;
    boolean complete = header >= 20 && end >= transport && end <= frame.length;
    if (u8(14) >> 4 != 4 || !complete) {
      return;
    }
    if ((u16(20) & 0x3fff) != 0) {
      fragment(18, 2, (u16(20) & 0x1fff) * 8);
    }
    whole = datagram == null;
    flow = fragmentOffset == 0 && hasTransport();
  }

  private void ipv6() {
    end = ETHERNET_BYTES + IPV6_BYTES + u16(18);
    protocol = u8(20);
    transport = ETHERNET_BYTES + IPV6_BYTES;
    if (u8(14) >> 4 != 6 || end > frame.length || !skipsExtensions()) {
      return;
    }
    if (protocol == Packet.FRAGMENT && has(transport, 8)) {
      int header = transport;
      protocol = u8(header);
      transport += 8;
      fragment(header + 4, 4, u16(header + 2) & ~7);
      if (fragmentOffset > 0 || !skipsExtensions()) {
        return;
      }
    }
    whole = datagram == null;
    flow = hasTransport();
  }

  /** Not if one is cut, or if the packet is not yet where it is bound to. */
  private boolean skipsExtensions() {
    for (int i = 0; i < EXTENSIONS_MAX && isExtension(protocol); i++) {
      if (!has(transport, 8) || protocol == Packet.ROUTING && u8(transport + 3) != 0) {
        return false;
      }
      protocol = u8(transport);
      transport += 8 * (u8(transport + 1) + 1);
    }
    return true;
  }

  /** The key is that of the map {@code fragments}. */
  private void fragment(int idOffset, int idBytes, int offset) {
    fragmentOffset = offset;
    datagram = ByteBuffer.allocate(40);
    datagram.put(0, frame, sourceOffset(), addressBytes());
    datagram.put(16, frame, destOffset(), addressBytes());
    datagram.put(32, frame, idOffset, idBytes);
    datagram.put(36, (byte) protocol).put(37, (byte) family);
  }

  static boolean isExtension(int number) {
    return number == Packet.HOP_BY_HOP
        || number == Packet.ROUTING
        || number == Packet.DESTINATION_OPTIONS;
  }

  private boolean hasTransport() {
    int fixed = protocol == Packet.TCP ? TCP_BYTES : protocol == Packet.UDP ? UDP_BYTES : -1;
    if (fixed < 0 || transport + fixed > end) {
      return false;
    }
    return fixed == UDP_BYTES || dataOffset() >= TCP_BYTES && transport + dataOffset() <= end;
  }

  private int dataOffset() {
    return (u8(transport + 12) >> 4) * 4;
  }

  /** 4, 6, or 0 for what has no complete IP header. */
  int family() {
    return family;
  }

  int protocol() {
    return protocol;
  }

  /** Whether it is all there, and no fragment. */
  boolean isWhole() {
    return whole;
  }

  /** Where the IP packet ends. */
  int end() {
    return end;
  }

  /**
   * Whether this is a TCP or UDP packet, or its first fragment, with all of its header; all that
   * follows holds only then.
   */
  boolean isFlow() {
    return flow;
  }

  /** A fragment without ports: addresses alone are known of it. */
  boolean isLaterFragment() {
    return fragmentOffset > 0;
  }

  /** Which packet it is a fragment of; null if of none. */
  ByteBuffer datagram() {
    return datagram;
  }

  int transport() {
    return transport;
  }

  int addressBytes() {
    return family == 4 ? 4 : 16;
  }

  int sourceOffset() {
    return family == 4 ? 26 : 22;
  }

  int destOffset() {
    return sourceOffset() + addressBytes();
  }

  Side source() {
    return side(sourceOffset(), transport);
  }

  Side dest() {
    return side(destOffset(), transport + 2);
  }

  Side side(int address, int port) {
    return new Side(address(address), u16(port));
  }

  ByteBuffer sourceAddress() {
    return address(sourceOffset());
  }

  ByteBuffer destAddress() {
    return address(destOffset());
  }

  private ByteBuffer address(int offset) {
    return bytes.slice(offset, addressBytes());
  }

  int tcpFlags() {
    return protocol == Packet.TCP ? u8(transport + 13) : 0;
  }

  boolean hasPayload() {
    return end > transport + (protocol == Packet.TCP ? dataOffset() : UDP_BYTES);
  }

  int checksumOffset() {
    return transport + (protocol == Packet.TCP ? 16 : 6);
  }

  int hopLimitOffset() {
    return family == 4 ? 22 : 21;
  }

  /** Of IPv4's header, 0 if it is right; 0 for IPv6. */
  int headerResidue() {
    return family == 4 ? residue(sum(ETHERNET_BYTES, transport)) : 0;
  }

  /** Of the transport checksum, 0 if it is right: a translation must leave it as it was. */
  int transportResidue() {
    long pseudo = sum(sourceOffset(), sourceOffset() + 2 * addressBytes());
    return residue(pseudo + (end - transport) + protocol + sum(transport, end));
  }

  long sum(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += (i - from) % 2 == 0 ? u8(i) << 8 : u8(i);
    }
    return sum;
  }

  /** Ones' complement: 0 and 0xffff are the same number. */
  static int residue(long sum) {
    return (int) (sum % 0xffff);
  }

  int u8(int offset) {
    return frame[offset] & 0xff;
  }

  int u16(int offset) {
    return bytes.getShort(offset) & 0xffff;
  }

  private boolean has(int offset, int count) {
    return offset + count <= frame.length;
  }
}
