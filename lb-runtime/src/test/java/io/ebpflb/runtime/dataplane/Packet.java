package io.ebpflb.runtime.dataplane;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A packet as its sender would build it: every checksum is computed over the whole, never from
 * another packet's. Immutable; what is said about it makes a new one.
 */
final class Packet {
  static final int FIN = 0x01;
  static final int SYN = 0x02;
  static final int RST = 0x04;
  static final int PSH = 0x08;
  static final int ACK = 0x10;

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMPV6 = 58;

  static final int HOP_BY_HOP = 0;
  static final int ROUTING = 43;
  static final int FRAGMENT = 44;
  static final int DESTINATION_OPTIONS = 60;

  /** A routing header that has a hop left. */
  static final int ROUTING_ON = 0x100 | ROUTING;

  private static final int ETHERNET_BYTES = 14;
  private static final int TAG_BYTES = 4;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int DONT_FRAGMENT = 0x4000;

  private byte[] destMac = new byte[6];
  private byte[] sourceMac = new byte[6];
  private byte[] tags = {};
  private InetAddress source;
  private InetAddress dest;
  private int hopLimit = 64;
  private byte[] ipv4Options = {};
  private byte[] ipv6Extensions = {};
  private int ipv6FirstHeader = -1;
  private int ipv6LastHeaderAt;
  private int id = 0x1d0f;
  private int fragmentOffset = -1;
  private boolean isFollowed;
  private boolean isAtomic;
  private int pieceTo = -1;
  private int protocol;
  private int sourcePort;
  private int destPort;
  private int flags;
  private int sequence;
  private int acknowledged;
  private int window = 64240;
  private boolean withoutChecksum;
  private byte[] payload = {};

  private Packet() {}

  private Packet(Packet p) {
    destMac = p.destMac;
    sourceMac = p.sourceMac;
    tags = p.tags;
    source = p.source;
    dest = p.dest;
    hopLimit = p.hopLimit;
    ipv4Options = p.ipv4Options;
    ipv6Extensions = p.ipv6Extensions;
    ipv6FirstHeader = p.ipv6FirstHeader;
    ipv6LastHeaderAt = p.ipv6LastHeaderAt;
    id = p.id;
    fragmentOffset = p.fragmentOffset;
    isFollowed = p.isFollowed;
    isAtomic = p.isAtomic;
    pieceTo = p.pieceTo;
    protocol = p.protocol;
    sourcePort = p.sourcePort;
    destPort = p.destPort;
    flags = p.flags;
    sequence = p.sequence;
    acknowledged = p.acknowledged;
    window = p.window;
    withoutChecksum = p.withoutChecksum;
    payload = p.payload;
  }

  /**
   * @param protocol IP's number: TCP and UDP get their headers, ICMP a checksum in its payload,
   *     anything else the payload alone
   */
  static Packet of(int protocol) {
    Packet p = new Packet();
    p.protocol = protocol;
    return p;
  }

  /** Of another IP protocol. */
  Packet as(int newProtocol) {
    Packet p = new Packet(this);
    p.protocol = newProtocol;
    return p;
  }

  Packet from(InetAddress address, int port) {
    Packet p = new Packet(this);
    p.source = address;
    p.sourcePort = port;
    return p;
  }

  Packet to(InetAddress address, int port) {
    Packet p = new Packet(this);
    p.dest = address;
    p.destPort = port;
    return p;
  }

  /** Written {@code 02:00:00:00:00:01}. */
  Packet macs(String to, String from) {
    Packet p = new Packet(this);
    p.destMac = HexFormat.ofDelimiter(":").parseHex(to);
    p.sourceMac = HexFormat.ofDelimiter(":").parseHex(from);
    return p;
  }

  /**
   * With a VLAN tag inside of those that it has.
   *
   * @param control priority and id
   */
  Packet tag(int etherType, int control) {
    Packet p = new Packet(this);
    ByteBuffer b = ByteBuffer.allocate(tags.length + TAG_BYTES);
    p.tags = b.put(tags).putShort((short) etherType).putShort((short) control).array();
    return p;
  }

  Packet untagged() {
    Packet p = new Packet(this);
    p.tags = new byte[0];
    return p;
  }

  Packet hopLimit(int newHopLimit) {
    Packet p = new Packet(this);
    p.hopLimit = newHopLimit;
    return p;
  }

  /** One router further. */
  Packet forwarded() {
    return hopLimit(hopLimit - 1);
  }

  Packet tcp(int newFlags, int newSequence, int newAcknowledged) {
    Packet p = new Packet(this);
    p.flags = newFlags;
    p.sequence = newSequence;
    p.acknowledged = newAcknowledged;
    return p;
  }

  /**
   * What its sender gets from a host that knows no such connection (RFC 9293, section 3.10.7.1).
   */
  Packet reset() {
    Packet p = of(TCP).from(dest, destPort).to(source, sourcePort).id(0);
    p.destMac = sourceMac;
    p.sourceMac = destMac;
    p.tags = tags;
    p.isAtomic = true;
    p.window = 0;
    int length = payload.length + Integer.bitCount(flags & (SYN | FIN));
    return (flags & ACK) != 0
        ? p.tcp(RST, acknowledged, 0)
        : p.tcp(RST | ACK, 0, sequence + length);
  }

  Packet payload(byte... bytes) {
    Packet p = new Packet(this);
    p.payload = bytes.clone();
    return p;
  }

  /** Some payload that is not all the same. */
  Packet payload(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + 7);
    }
    return payload(bytes);
  }

  /** A UDP checksum of 0: none. */
  Packet withoutChecksum() {
    Packet p = new Packet(this);
    p.withoutChecksum = true;
    return p;
  }

  /**
   * An ICMP or ICMPv6 message.
   *
   * @param detail the four bytes after the checksum
   * @param body what follows
   */
  Packet icmp(int type, int code, int detail, byte[] body) {
    ByteBuffer b = ByteBuffer.allocate(8 + body.length);
    b.put((byte) type).put((byte) code).putShort((short) 0).putInt(detail).put(body);
    return payload(b.array());
  }

  /** No-operations, with the end of options last. */
  Packet ipv4Options(int length) {
    Packet p = new Packet(this);
    p.ipv4Options = new byte[length];
    Arrays.fill(p.ipv4Options, (byte) 1);
    p.ipv4Options[length - 1] = 0;
    return p;
  }

  /** Extension headers in this order, each of some eights of bytes. */
  Packet ipv6Extensions(int... types) {
    Packet p = new Packet(this);
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    for (int i = 0; i < types.length; i++) {
      int next = i + 1 < types.length ? types[i + 1] & 0xff : protocol;
      p.ipv6LastHeaderAt = headers.size();
      int eights = i % 2;
      byte[] header = new byte[8 + 8 * eights];
      header[0] = (byte) next;
      header[1] = (byte) eights;
      // One option that pads to the end (RFC 8200, section 4.2); for a routing header: no hop left.
      boolean routing = (types[i] & 0xff) == ROUTING;
      header[2] = (byte) (routing ? 4 : 1);
      header[3] = (byte) (routing ? types[i] >> 8 : header.length - 4);
      headers.writeBytes(header);
    }
    p.ipv6Extensions = headers.toByteArray();
    p.ipv6FirstHeader = types[0];
    return p;
  }

  /**
   * One extension header full of padding.
   *
   * @param bytes a multiple of 8
   */
  Packet ipv6Padding(int bytes) {
    Packet p = new Packet(this);
    p.ipv6Extensions = new byte[bytes];
    p.ipv6Extensions[0] = (byte) protocol;
    p.ipv6Extensions[1] = (byte) (bytes / 8 - 1);
    p.ipv6FirstHeader = DESTINATION_OPTIONS;
    return p;
  }

  /**
   * A fragment of it: these bytes of what follows IP, checksums being those of the whole.
   *
   * @param from a multiple of 8
   * @param to after the last one; beyond the end: up to there
   */
  Packet piece(int from, int to) {
    Packet p = fragment(from / 8, to < unsummed().length);
    p.pieceTo = to;
    return p;
  }

  /**
   * Marked as a fragment, whole as it is.
   *
   * @param offset in units of 8 bytes
   */
  Packet fragment(int offset, boolean more) {
    Packet p = new Packet(this);
    p.fragmentOffset = offset;
    p.isFollowed = more;
    return p;
  }

  /** What tells the fragments of one packet from those of another. */
  Packet id(int newId) {
    Packet p = new Packet(this);
    p.id = newId;
    return p;
  }

  InetAddress source() {
    return source;
  }

  InetAddress dest() {
    return dest;
  }

  /** With payload such that the checksum computed over the packet is 0. */
  Packet withZeroChecksum() {
    Packet zero = payload((byte) 0, (byte) 0);
    int without = transportChecksum(zero.unsummed());
    return payload((byte) (without >> 8), (byte) without);
  }

  byte[] bytes() {
    byte[] transport = transport();
    byte[] ip = isIpv6() ? ipv6(transport.length) : ipv4(transport.length);
    ByteBuffer b = ByteBuffer.allocate(linkBytes() + ip.length + transport.length);
    b.put(destMac).put(sourceMac).put(tags);
    b.putShort((short) (isIpv6() ? 0x86dd : 0x0800));
    return b.put(ip).put(transport).array();
  }

  /** IP and above, as an ICMP error quotes it: the headers of IP and so much of what follows. */
  byte[] quoted(int transportBytes) {
    byte[] bytes = bytes();
    int end = bytes.length - transport().length + transportBytes;
    return Arrays.copyOfRange(bytes, linkBytes(), Math.min(end, bytes.length));
  }

  /** Bytes before the payload. */
  int headerBytes() {
    return bytes().length - payload.length;
  }

  /** Bytes of IP and above: without Ethernet and tags. */
  int ipBytes() {
    return bytes().length - linkBytes();
  }

  /** Bytes up to the end of both addresses. */
  int addressesEnd() {
    return linkBytes() + (isIpv6() ? 40 : 20);
  }

  private int linkBytes() {
    return ETHERNET_BYTES + tags.length;
  }

  private boolean isIpv6() {
    return source.getAddress().length == 16;
  }

  private byte[] ipv4(int transportBytes) {
    int header = 20 + ipv4Options.length;
    ByteBuffer b = ByteBuffer.allocate(header);
    b.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) (header + transportBytes));
    b.putShort((short) id);
    int fragmentation = Math.max(fragmentOffset, 0) | (isFollowed ? MORE_FRAGMENTS : 0);
    b.putShort((short) (fragmentation | (isAtomic ? DONT_FRAGMENT : 0)));
    b.put((byte) hopLimit).put((byte) protocol).putShort((short) 0);
    b.put(source.getAddress()).put(dest.getAddress()).put(ipv4Options);
    b.putShort(10, (short) ~sum(b.array(), 0));
    return b.array();
  }

  private byte[] ipv6(int transportBytes) {
    int first = ipv6FirstHeader < 0 ? protocol : ipv6FirstHeader;
    byte[] fragment = {};
    byte[] extensions = ipv6Extensions.clone();
    if (fragmentOffset >= 0) {
      fragment = fragmentHeader();
      if (extensions.length > 0) {
        extensions[ipv6LastHeaderAt] = FRAGMENT;
      } else {
        first = FRAGMENT;
      }
    }
    int extensionBytes = extensions.length + fragment.length;
    ByteBuffer b = ByteBuffer.allocate(40 + extensionBytes);
    b.putInt(0x60000000).putShort((short) (extensionBytes + transportBytes));
    b.put((byte) first).put((byte) hopLimit);
    b.put(source.getAddress()).put(dest.getAddress()).put(extensions).put(fragment);
    return b.array();
  }

  private byte[] fragmentHeader() {
    ByteBuffer b = ByteBuffer.allocate(8).put((byte) protocol).put((byte) 0);
    return b.putShort((short) (fragmentOffset * 8 | (isFollowed ? 1 : 0))).putInt(id).array();
  }

  /** With a checksum field of 0, over which the checksum is computed. */
  private byte[] unsummed() {
    return switch (protocol) {
      case TCP -> tcpBytes();
      case UDP -> udpBytes();
      default -> payload.clone();
    };
  }

  private byte[] transport() {
    byte[] bytes = unsummed();
    int checksum = transportChecksum(bytes);
    if (protocol == TCP) {
      ByteBuffer.wrap(bytes).putShort(16, (short) checksum);
    } else if (protocol == UDP && !withoutChecksum) {
      // RFC 768: a computed 0 is sent as all ones, since 0 says that there is none.
      ByteBuffer.wrap(bytes).putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
    } else if (protocol == ICMP || protocol == ICMPV6) {
      ByteBuffer.wrap(bytes).putShort(2, (short) checksum);
    }
    return pieceTo < 0
        ? bytes
        : Arrays.copyOfRange(bytes, fragmentOffset * 8, Math.min(pieceTo, bytes.length));
  }

  private byte[] tcpBytes() {
    ByteBuffer b = ByteBuffer.allocate(20 + payload.length);
    b.putShort((short) sourcePort).putShort((short) destPort);
    b.putInt(sequence).putInt(acknowledged);
    b.put((byte) 0x50).put((byte) flags).putShort((short) window).putInt(0);
    return b.put(payload).array();
  }

  private byte[] udpBytes() {
    ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
    b.putShort((short) sourcePort).putShort((short) destPort);
    b.putShort((short) b.capacity()).putShort((short) 0);
    return b.put(payload).array();
  }

  private int transportChecksum(byte[] transport) {
    if (protocol == ICMP) {
      return ~sum(transport, 0) & 0xffff;
    }
    if (protocol != TCP && protocol != UDP && protocol != ICMPV6) {
      return 0;
    }
    ByteBuffer pseudo = ByteBuffer.allocate(source.getAddress().length * 2 + 8);
    pseudo.put(source.getAddress()).put(dest.getAddress());
    pseudo.putInt(transport.length).putInt(protocol);
    return ~sum(transport, sum(pseudo.array(), 0)) & 0xffff;
  }

  /** The ones' complement sum of 16-bit words (RFC 1071), an odd byte padded with zero. */
  private static int sum(byte[] bytes, int start) {
    int sum = start;
    for (int i = 0; i < bytes.length; i++) {
      int octet = bytes[i] & 0xff;
      sum += i % 2 == 0 ? octet << 8 : octet;
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
  }
}
