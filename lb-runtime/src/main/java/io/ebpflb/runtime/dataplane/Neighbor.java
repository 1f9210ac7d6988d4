package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A neighbour entry, only as far as it matters to next hops.
 *
 * @param lladdr its link address, empty while it has none that may be used
 * @param keeper who sees to it that it has one
 * @param isStale it has one, but nobody has verified it for a while
 */
record Neighbor(Key key, ByteBuffer lladdr, Keeper keeper, boolean isStale) {
  private static final int BODY_BYTES = 12;
  private static final int ATTRIBUTE_DESTINATION = 1;
  private static final int ATTRIBUTE_LLADDR = 2;
  private static final int ATTRIBUTE_PROTOCOL = 12;
  private static final int ATTRIBUTE_FLAGS = 15;

  private static final int STATE_UNUSABLE = 0x01 | 0x20;
  private static final int STATE_STALE = 0x04;
  private static final int STATE_PERMANENT = 0x80;
  private static final int FLAG_USE = 0x01;
  private static final int FLAG_LEARNED = 0x10;
  private static final int EXTENDED_FLAG_MANAGED = 0x01;

  /** Marks entries as ours; of no routing daemon in {@code rt_protos}. */
  private static final int PROTOCOL = 'l';

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  record Key(int ifindex, ByteBuffer address) {}

  enum Keeper {
    /** The kernel, as long as it has traffic of its own. */
    NOBODY,
    /** The kernel, because we asked for it. */
    US,
    /** An operator, or another program. */
    OTHERS
  }

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
    boolean deleted = message.type() == NetlinkMessage.DEL_NEIGHBOR;
    boolean unusable = deleted || (body.getShort(8) & STATE_UNUSABLE) != 0;
    return Optional.of(
        new Neighbor(
            new Key(body.getInt(4), destination),
            unusable ? NONE : attributes.getOrDefault(ATTRIBUTE_LLADDR, NONE),
            deleted ? Keeper.NOBODY : keeper(body, attributes),
            !deleted && (body.getShort(8) & STATE_STALE) != 0));
  }

  private static Keeper keeper(ByteBuffer body, Map<Integer, ByteBuffer> attributes) {
    if ((body.getShort(8) & STATE_PERMANENT) != 0 || (body.get(10) & FLAG_LEARNED) != 0) {
      return Keeper.OTHERS;
    }
    ByteBuffer flags = attributes.get(ATTRIBUTE_FLAGS);
    if (flags == null || (flags.getInt(0) & EXTENDED_FLAG_MANAGED) == 0) {
      return Keeper.NOBODY;
    }
    ByteBuffer protocol = attributes.get(ATTRIBUTE_PROTOCOL);
    return protocol != null && protocol.get(0) == PROTOCOL ? Keeper.US : Keeper.OTHERS;
  }

  /** Has the kernel resolve a neighbour and keep it so. Creates the entry if need be. */
  static int keep(NetlinkSocket socket, Key key) {
    byte[] body =
        request(key)
            .attribute(ATTRIBUTE_FLAGS, EXTENDED_FLAG_MANAGED)
            .attribute(ATTRIBUTE_PROTOCOL, (byte) PROTOCOL)
            .body();
    return socket.request(
        NetlinkMessage.NEW_NEIGHBOR, NetlinkSocket.NLM_F_CREATE, body, answer -> {});
  }

  /** Leaves a neighbour to the kernel's own ways; what is resolved stays for the moment. */
  static int release(NetlinkSocket socket, Key key) {
    return socket.request(NetlinkMessage.NEW_NEIGHBOR, 0, request(key).body(), answer -> {});
  }

  /** Has the kernel verify a link address, as if a packet had been sent to it. */
  static void verify(NetlinkSocket socket, Neighbor neighbor) {
    if (neighbor.keeper() == Keeper.US) {
      keep(socket, neighbor.key());
    } else {
      // Without a flag to set, the request is but a use.
      release(socket, neighbor.key());
    }
  }

  /** With the "use" flag the entry's state stays as it is, whatever flags are set or taken. */
  private static NetlinkRequest request(Key key) {
    byte[] address = new byte[key.address().remaining()];
    key.address().duplicate().get(address);
    return new NetlinkRequest(BODY_BYTES)
        .putByte(0, NetlinkRequest.family(address.length))
        .putInt(4, key.ifindex())
        .putByte(10, FLAG_USE)
        .attribute(ATTRIBUTE_DESTINATION, address);
  }
}
