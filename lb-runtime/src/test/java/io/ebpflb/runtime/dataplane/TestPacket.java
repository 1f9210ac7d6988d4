package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** TCP in Ethernet frames, without payload and checksums. */
final class TestPacket {
  static final int SYN = 0x02;
  static final int ACK = 0x10;

  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86dd;
  private static final int TCP_BYTES = 20;

  private TestPacket() {}

  static byte[] syn(Plan.Endpoint client, Plan.Endpoint service) {
    return tcp(client, service, SYN, 1, 0);
  }

  static byte[] tcp(
      Plan.Endpoint client, Plan.Endpoint service, int flags, int sequence, int acknowledged) {
    boolean ipv4 = WireFormat.family(client.address()) == WireFormat.FAMILY_IPV4;
    int ipBytes = ipv4 ? 20 : 40;
    ByteBuffer packet = ByteBuffer.allocate(ETHERNET_BYTES + ipBytes + TCP_BYTES);
    packet.putShort(12, (short) (ipv4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6));
    packet.position(ETHERNET_BYTES);
    if (ipv4) {
      packet.put((byte) 0x45).put((byte) 0).putShort((short) (ipBytes + TCP_BYTES)).putInt(0);
      packet.put((byte) 64).put(WireFormat.IPPROTO_TCP).putShort((short) 0);
    } else {
      packet.putInt(0x60000000).putShort((short) TCP_BYTES);
      packet.put(WireFormat.IPPROTO_TCP).put((byte) 64);
    }
    packet.put(client.address().getAddress()).put(service.address().getAddress());
    packet.putShort((short) client.port()).putShort((short) service.port());
    packet.putInt(sequence).putInt(acknowledged);
    packet.put((byte) (TCP_BYTES / 4 << 4)).put((byte) flags).putShort((short) 0xffff);
    return packet.array();
  }

  static Plan.Endpoint destination(byte[] frame) {
    ByteBuffer packet = ByteBuffer.wrap(frame);
    boolean ipv4 = packet.getShort(12) == ETHERTYPE_IPV4;
    int start = ETHERNET_BYTES + (ipv4 ? 16 : 24);
    byte[] raw = new byte[ipv4 ? 4 : 16];
    packet.get(start, raw);
    int port = Short.toUnsignedInt(packet.getShort(start + raw.length + 2));
    return new Plan.Endpoint(address(raw), port);
  }

  private static InetAddress address(byte[] raw) {
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
