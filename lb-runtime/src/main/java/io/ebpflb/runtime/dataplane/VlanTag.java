package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * What makes an interface a sub-interface of another: frames of the other with this tag are its
 * own.
 *
 * @param parent index of the other; 0 if that is in another network namespace
 * @param protocol EtherType of the tag: 0x8100, or 0x88a8 for a provider's
 */
record VlanTag(int parent, int protocol, int id) {
  static final String KIND = "vlan";

  private static final int PROTOCOL_8021Q = 0x8100;
  private static final int ATTRIBUTE_ID = 1;
  private static final int ATTRIBUTE_PROTOCOL = 5;

  /**
   * @param data a link's {@code IFLA_INFO_DATA}
   */
  static Optional<VlanTag> parse(int parent, ByteBuffer data) {
    Map<Integer, ByteBuffer> attributes = NetlinkMessage.attributes(data, 0);
    ByteBuffer id = attributes.get(ATTRIBUTE_ID);
    if (id == null) {
      return Optional.empty();
    }
    ByteBuffer protocol = attributes.get(ATTRIBUTE_PROTOCOL);
    return Optional.of(
        new VlanTag(
            parent,
            protocol == null
                ? PROTOCOL_8021Q
                : Short.toUnsignedInt(protocol.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(0)),
            Short.toUnsignedInt(id.getShort(0))));
  }
}
