package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A packet to be restored before each run. The checksum of TCP and UDP is any number but 0: nothing
 * checks it, and 0 would spare a UDP packet its update.
 */
record Frame(byte[] bytes) {
  static final int FIN = 0x01;
  static final int SYN = 0x02;
  static final int ACK = 0x10;

  private static final int ETHERNET_BYTES = 14;
  private static final int IPV4_BYTES = 20;
  private static final int IPV6_BYTES = 40;
  private static final int HOP_LIMIT = 64;
  private static final short ANY_CHECKSUM = 0x1234;

  /** One end of a packet. */
  record End(InetAddress address, int port) {}

  /** What a TCP header says; a UDP one says none of it. */
  record Tcp(int flags, int sequence, int acknowledged) {}

  static Frame of(Family family, Protocol protocol, End source, End dest, Tcp tcp) {
    ByteBuffer b = ByteBuffer.allocate(family.frameBytes);
    b.put(BenchNetwork.CLIENT_SIDE_MAC).put(BenchNetwork.PEER_MAC);
    int ipHeader = family == Family.IPV4 ? IPV4_BYTES : IPV6_BYTES;
    int transport = family.frameBytes - ETHERNET_BYTES - ipHeader;
    if (family == Family.IPV4) {
      b.putShort((short) 0x0800);
      b.put((byte) 0x45).put((byte) 0).putShort((short) (ipHeader + transport)).putInt(0);
      b.put((byte) HOP_LIMIT).put(number(protocol)).putShort(ANY_CHECKSUM);
    } else {
      b.putShort((short) 0x86dd);
      b.putInt(0x60000000).putShort((short) transport).put(number(protocol));
      b.put((byte) HOP_LIMIT);
    }
    b.put(source.address().getAddress()).put(dest.address().getAddress());
    b.putShort((short) source.port()).putShort((short) dest.port());
    if (protocol == Protocol.TCP) {
      b.putInt(tcp.sequence()).putInt(tcp.acknowledged());
      // The rest of the frame is zeros, the end of options, so that there is no payload.
      b.put((byte) (transport / 4 << 4)).put((byte) tcp.flags()).putShort((short) 0x7fff);
      b.putShort(ANY_CHECKSUM);
    } else {
      b.putShort((short) transport).putShort(ANY_CHECKSUM);
    }
    return new Frame(b.array());
  }

  private static byte number(Protocol protocol) {
    return (byte) (protocol == Protocol.TCP ? 6 : 17);
  }
}
