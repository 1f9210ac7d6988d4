package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Protocol;
import java.nio.ByteBuffer;

/**
 * {@code struct lb_event}.
 *
 * @param timeNanos of the kernel's monotonic clock
 */
record FlowEvent(
    long timeNanos,
    Type type,
    Protocol protocol,
    int backend,
    Plan.Endpoint client,
    Plan.Endpoint service) {
  static final int BYTES = 56;
  static final int TIME = 0;
  static final int TYPE = 8;
  static final int FAMILY = 12;
  static final int IP_PROTO = 13;
  static final int BACKEND = 14;
  static final int CLIENT = 16;
  static final int SERVICE = 32;
  static final int CLIENT_PORT = 48;
  static final int SERVICE_PORT = 50;

  /** {@code enum lb_event_type}. */
  enum Type {
    FLOW_START(1, "start"),
    FLOW_END(2, "end");

    private final int code;
    private final String title;

    Type(int code, String title) {
      this.code = code;
      this.title = title;
    }

    int code() {
      return code;
    }

    private static Type of(int code) {
      return code == FLOW_START.code ? FLOW_START : FLOW_END;
    }
  }

  static FlowEvent decode(ByteBuffer bytes) {
    byte family = bytes.get(FAMILY);
    return new FlowEvent(
        bytes.getLong(TIME),
        Type.of(bytes.getInt(TYPE)),
        bytes.get(IP_PROTO) == WireFormat.IPPROTO_TCP ? Protocol.TCP : Protocol.UDP,
        Short.toUnsignedInt(bytes.getShort(BACKEND)),
        new Plan.Endpoint(
            WireFormat.address(bytes, CLIENT, family), WireFormat.port(bytes, CLIENT_PORT)),
        new Plan.Endpoint(
            WireFormat.address(bytes, SERVICE, family), WireFormat.port(bytes, SERVICE_PORT)));
  }

  @Override
  public String toString() {
    return "flow %s: %s %s -> %s by backend %d"
        .formatted(
            type.title,
            protocol.name().toLowerCase(java.util.Locale.ROOT),
            Endpoints.format(client.address(), client.port()),
            Endpoints.format(service.address(), service.port()),
            backend);
  }
}
