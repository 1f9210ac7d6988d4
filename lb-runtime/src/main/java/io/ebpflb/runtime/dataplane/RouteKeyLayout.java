package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;

/** {@code struct lb_route_key}; the value is the group's number, four bytes. */
final class RouteKeyLayout {
  private RouteKeyLayout() {}

  static final int BYTES = 24;
  static final int PREFIX_BITS = 0;
  static final int SERVICE = 4;
  static final int FAMILY = 6;
  static final int PAD = 7;
  static final int ADDR = 8;

  /** Bits before the address (service, family, padding) that always take part in the match. */
  static final int PREFIX_BASE = 32;

  static final int VALUE_BYTES = 4;

  static void encode(RouteKey key, ByteBuffer to, int at) {
    WireFormat.putInt(to, at + PREFIX_BITS, PREFIX_BASE + key.source().length());
    WireFormat.putShort(to, at + SERVICE, key.service());
    to.put(at + FAMILY, WireFormat.family(key.source().address()));
    to.put(at + PAD, (byte) 0);
    WireFormat.putAddress(to, at + ADDR, key.source().address());
  }
}
