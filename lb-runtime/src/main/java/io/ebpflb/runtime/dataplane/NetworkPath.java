package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Finds by which neighbours packets may leave for an address, as the host's own would. */
final class NetworkPath {
  private static final int BODY_BYTES = 12;
  private static final int FLAG_FIB_MATCH = 0x2000;
  private static final int TYPE_UNICAST = 1;

  private static final int ATTRIBUTE_DESTINATION = 1;
  private static final int ATTRIBUTE_INTERFACE = 4;
  private static final int ATTRIBUTE_GATEWAY = 5;
  private static final int ATTRIBUTE_MULTIPATH = 9;
  private static final int ATTRIBUTE_VIA = 18;

  private static final int NEXTHOP_BYTES = 8;
  private static final int VIA_FAMILY_BYTES = 2;

  private NetworkPath() {}

  /**
   * Asks the routing table.
   *
   * @param socket one that listens to no group
   * @return all of a multipath route; none if there is no route, or the address is the host's own
   */
  static Set<Neighbor.Key> neighbors(NetlinkSocket socket, InetAddress destination) {
    Set<Neighbor.Key> found = new HashSet<>();
    ask(socket, destination, FLAG_FIB_MATCH, found);
    if (found.isEmpty()) {
      // A route by a next-hop object may come without what is behind it: then the path chosen.
      ask(socket, destination, 0, found);
    }
    return found;
  }

  private static void ask(
      NetlinkSocket socket, InetAddress destination, int flags, Set<Neighbor.Key> found) {
    byte[] address = destination.getAddress();
    byte[] body =
        new NetlinkRequest(BODY_BYTES)
            .putByte(0, NetlinkRequest.family(address.length))
            .putByte(1, address.length * Byte.SIZE)
            .putInt(8, flags)
            .attribute(ATTRIBUTE_DESTINATION, address)
            .body();
    // An error means that there is no route: nothing is found.
    socket.request(
        NetlinkMessage.GET_ROUTE, 0, body, message -> parse(message, destination, found));
  }

  static void parse(NetlinkMessage message, InetAddress destination, Set<Neighbor.Key> found) {
    ByteBuffer body = message.body();
    if (body.limit() < BODY_BYTES || body.get(7) != TYPE_UNICAST) {
      return;
    }
    Map<Integer, ByteBuffer> attributes = NetlinkMessage.attributes(body, BODY_BYTES);
    ByteBuffer multipath = attributes.get(ATTRIBUTE_MULTIPATH);
    if (multipath != null) {
      parseMultipath(multipath, destination, found);
    } else if (attributes.containsKey(ATTRIBUTE_INTERFACE)) {
      found.add(key(attributes.get(ATTRIBUTE_INTERFACE).getInt(0), attributes, destination));
    }
  }

  private static void parseMultipath(
      ByteBuffer multipath, InetAddress destination, Set<Neighbor.Key> found) {
    int position = 0;
    while (position + NEXTHOP_BYTES <= multipath.limit()) {
      int length = Short.toUnsignedInt(multipath.getShort(position));
      if (length < NEXTHOP_BYTES || position + length > multipath.limit()) {
        return;
      }
      ByteBuffer nexthop = multipath.slice(position, length).order(ByteOrder.nativeOrder());
      found.add(
          key(nexthop.getInt(4), NetlinkMessage.attributes(nexthop, NEXTHOP_BYTES), destination));
      position += NetlinkMessage.align(length);
    }
  }

  private static Neighbor.Key key(
      int ifindex, Map<Integer, ByteBuffer> attributes, InetAddress destination) {
    ByteBuffer via = attributes.get(ATTRIBUTE_VIA);
    if (via != null) {
      // An IPv4 route by an IPv6 gateway.
      return new Neighbor.Key(ifindex, via.slice(VIA_FAMILY_BYTES, via.limit() - VIA_FAMILY_BYTES));
    }
    ByteBuffer gateway = attributes.get(ATTRIBUTE_GATEWAY);
    return new Neighbor.Key(
        ifindex, gateway == null ? ByteBuffer.wrap(destination.getAddress()) : gateway);
  }
}
