package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A neighbour entry, only as far as it changes next hops.
 *
 * @param lladdr its link address, empty while it has none that may be used
 */
record Neighbor(Key key, ByteBuffer lladdr) {
  private static final int BODY_BYTES = 12;
  private static final int ATTRIBUTE_DESTINATION = 1;
  private static final int ATTRIBUTE_LLADDR = 2;
  private static final int STATE_UNUSABLE = 0x01 | 0x20;
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  record Key(int ifindex, ByteBuffer address) {}

  /** All of this thread's network namespace. */
  static List<Neighbor> list() {
    return NetlinkSocket.dump(NetlinkMessage.GET_NEIGHBOR, new byte[BODY_BYTES]).stream()
        .map(Neighbor::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  static Optional<Neighbor> parse(NetlinkMessage message) {
    ByteBuffer body = message.body();
    if (body.limit() < BODY_BYTES) {
      return Optional.empty();
    }
    Map<Integer, ByteBuffer> attributes = NetlinkMessage.attributes(body, BODY_BYTES);
    ByteBuffer destination = attributes.get(ATTRIBUTE_DESTINATION);
    if (destination == null) {
      return Optional.empty();
    }
    boolean gone =
        message.type() == NetlinkMessage.DEL_NEIGHBOR || (body.getShort(8) & STATE_UNUSABLE) != 0;
    return Optional.of(
        new Neighbor(
            new Key(body.getInt(4), destination),
            gone ? NONE : attributes.getOrDefault(ATTRIBUTE_LLADDR, NONE)));
  }
}
