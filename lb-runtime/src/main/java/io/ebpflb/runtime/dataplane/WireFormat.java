package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The parts that several structs share. Numbers are little-endian, addresses and ports in wire
 * order; an IPv4 address fills the first four of sixteen bytes.
 */
final class WireFormat {
  private WireFormat() {}

  static final int ADDRESS_BYTES = 16;
  static final byte FAMILY_IPV4 = 4;
  static final byte FAMILY_IPV6 = 6;
  static final byte IPPROTO_TCP = 6;
  static final byte IPPROTO_UDP = 17;

  static byte family(InetAddress address) {
    return address instanceof Inet4Address ? FAMILY_IPV4 : FAMILY_IPV6;
  }

  static byte ipProtocol(Protocol protocol) {
    return protocol == Protocol.TCP ? IPPROTO_TCP : IPPROTO_UDP;
  }

  static void putAddress(ByteBuffer to, int at, InetAddress address) {
    byte[] raw = address.getAddress();
    for (int i = 0; i < ADDRESS_BYTES; i++) {
      to.put(at + i, i < raw.length ? raw[i] : 0);
    }
  }

  static InetAddress address(ByteBuffer from, int at, byte family) {
    byte[] raw = new byte[ADDRESS_BYTES];
    for (int i = 0; i < ADDRESS_BYTES; i++) {
      raw[i] = from.get(at + i);
    }
    try {
      return InetAddress.getByAddress(family == FAMILY_IPV4 ? Arrays.copyOf(raw, 4) : raw);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** Independent of the buffer's byte order. */
  static void putPort(ByteBuffer to, int at, int port) {
    to.put(at, (byte) (port >> 8)).put(at + 1, (byte) port);
  }

  static int port(ByteBuffer from, int at) {
    return (from.get(at) & 0xff) << 8 | from.get(at + 1) & 0xff;
  }

  static void putInt(ByteBuffer to, int at, int value) {
    to.put(at, (byte) value)
        .put(at + 1, (byte) (value >> 8))
        .put(at + 2, (byte) (value >> 16))
        .put(at + 3, (byte) (value >> 24));
  }

  static int getInt(ByteBuffer from, int at) {
    return getShort(from, at) | getShort(from, at + 2) << 16;
  }

  static void putShort(ByteBuffer to, int at, int value) {
    to.put(at, (byte) value).put(at + 1, (byte) (value >> 8));
  }

  static int getShort(ByteBuffer from, int at) {
    return from.get(at) & 0xff | (from.get(at + 1) & 0xff) << 8;
  }

  static void zero(ByteBuffer to, int at, int bytes) {
    for (int i = 0; i < bytes; i++) {
      to.put(at + i, (byte) 0);
    }
  }
}
