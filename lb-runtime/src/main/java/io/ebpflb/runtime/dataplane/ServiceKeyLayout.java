package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;

/** {@code struct lb_service_key}. */
final class ServiceKeyLayout {
  private ServiceKeyLayout() {}

  static final int BYTES = 20;
  static final int ADDR = 0;
  static final int PORT = 16;
  static final int IP_PROTO = 18;
  static final int FAMILY = 19;

  static void encode(ServiceKey key, ByteBuffer to, int at) {
    WireFormat.putAddress(to, at + ADDR, key.address());
    WireFormat.putPort(to, at + PORT, key.port());
    to.put(at + IP_PROTO, WireFormat.ipProtocol(key.protocol()));
    to.put(at + FAMILY, WireFormat.family(key.address()));
  }
}
