package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;

/** {@code struct lb_backend}. */
final class BackendLayout {
  private BackendLayout() {}

  static final int BYTES = 64;
  static final int ADDR = 0;
  static final int PORT = 16;
  static final int FAMILY = 18;
  static final int IP_PROTO = 19;
  static final int IDLE_TIMEOUT = 20;
  static final int NEXTHOP = 24;
  static final int NEXTHOP_GENERATION = 32;
  static final int NEXTHOP_MTU = 36;

  /**
   * @param idleTimeoutJiffies the entry's idle timeout; 0: the instance's
   */
  static void encode(BackendEntry backend, int idleTimeoutJiffies, ByteBuffer to, int at) {
    WireFormat.zero(to, at, BYTES);
    WireFormat.putAddress(to, at + ADDR, backend.endpoint().address());
    WireFormat.putPort(to, at + PORT, backend.endpoint().port());
    to.put(at + FAMILY, WireFormat.family(backend.endpoint().address()));
    to.put(at + IP_PROTO, WireFormat.ipProtocol(backend.protocol()));
    WireFormat.putInt(to, at + IDLE_TIMEOUT, idleTimeoutJiffies);
  }

  static Plan.Endpoint endpoint(ByteBuffer from, int at) {
    return new Plan.Endpoint(
        WireFormat.address(from, at + ADDR, from.get(at + FAMILY)),
        WireFormat.port(from, at + PORT));
  }
}
