package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network interface as the kernel sees it.
 *
 * @param mac six bytes in the low end, first byte lowest; 0 if it has none
 * @param kind {@code "veth"}, {@code "tun"}, {@code "vlan"} …; empty for hardware
 * @param queueing its queueing discipline, {@code "noqueue"} …
 * @param vlan of a sub-interface
 * @param leadsOut whether its other end, or parent, is in another namespace
 */
record NetworkLink(
    int ifindex,
    String name,
    int hardwareType,
    int flags,
    int mtu,
    long mac,
    String kind,
    String queueing,
    Optional<VlanTag> vlan,
    boolean leadsOut) {
  static final int MTU_ANY = 65_536;

  private static final String VETH = "veth";
  private static final String NO_QUEUE = "noqueue";
  private static final int TYPE_ETHERNET = 1;
  private static final int TYPE_LOOPBACK = 772;
  private static final int FLAG_UP = 1;
  private static final int FLAG_RUNNING = 0x40;

  private static final int BODY_BYTES = 16;
  private static final int ATTRIBUTE_ADDRESS = 1;
  private static final int ATTRIBUTE_NAME = 3;
  private static final int ATTRIBUTE_MTU = 4;
  private static final int ATTRIBUTE_LINK = 5;
  private static final int ATTRIBUTE_QUEUEING = 6;
  private static final int ATTRIBUTE_LINK_INFO = 18;
  private static final int ATTRIBUTE_LINK_NAMESPACE = 37;
  private static final int ATTRIBUTE_INFO_KIND = 1;
  private static final int ATTRIBUTE_INFO_DATA = 2;
  private static final int MAC_BYTES = 6;

  /** All interfaces of this thread's network namespace. */
  static List<NetworkLink> list() {
    return NetlinkSocket.dump(NetlinkMessage.GET_LINK, new byte[BODY_BYTES]).stream()
        .map(NetworkLink::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  static Optional<NetworkLink> parse(NetlinkMessage message) {
    ByteBuffer body = message.body();
    if (message.type() != NetlinkMessage.NEW_LINK || body.limit() < BODY_BYTES) {
      return Optional.empty();
    }
    Map<Integer, ByteBuffer> attributes = NetlinkMessage.attributes(body, BODY_BYTES);
    ByteBuffer name = attributes.get(ATTRIBUTE_NAME);
    if (name == null) {
      return Optional.empty();
    }
    ByteBuffer mtu = attributes.get(ATTRIBUTE_MTU);
    String kind = kind(attributes.get(ATTRIBUTE_LINK_INFO));
    return Optional.of(
        new NetworkLink(
            body.getInt(4),
            text(name),
            Short.toUnsignedInt(body.getShort(2)),
            body.getInt(8),
            mtu == null ? MTU_ANY : mtu.getInt(0),
            mac(attributes.get(ATTRIBUTE_ADDRESS)),
            kind,
            attributes.containsKey(ATTRIBUTE_QUEUEING)
                ? text(attributes.get(ATTRIBUTE_QUEUEING))
                : "",
            kind.equals(VlanTag.KIND) ? vlan(attributes) : Optional.empty(),
            attributes.containsKey(ATTRIBUTE_LINK_NAMESPACE)));
  }

  /** Frames on it begin with an Ethernet header, which the programs expect. */
  boolean isEthernet() {
    return hardwareType == TYPE_ETHERNET || isLoopback();
  }

  boolean isLoopback() {
    return hardwareType == TYPE_LOOPBACK;
  }

  /** Wakes its other end for XDP_TX only if that has an XDP program. */
  boolean isVeth() {
    return kind.equals(VETH);
  }

  /** Nothing delays what leaves by it. */
  boolean isUnqueued() {
    return queueing.equals(NO_QUEUE);
  }

  /** Up, with a carrier. */
  boolean isRunning() {
    return (flags & FLAG_UP) != 0 && (flags & FLAG_RUNNING) != 0;
  }

  private static String kind(ByteBuffer linkInfo) {
    if (linkInfo == null) {
      return "";
    }
    ByteBuffer kind = NetlinkMessage.attributes(linkInfo, 0).get(ATTRIBUTE_INFO_KIND);
    return kind == null ? "" : text(kind);
  }

  private static Optional<VlanTag> vlan(Map<Integer, ByteBuffer> attributes) {
    ByteBuffer data =
        NetlinkMessage.attributes(attributes.get(ATTRIBUTE_LINK_INFO), 0).get(ATTRIBUTE_INFO_DATA);
    ByteBuffer parent = attributes.get(ATTRIBUTE_LINK);
    if (data == null || parent == null) {
      return Optional.empty();
    }
    boolean elsewhere = attributes.containsKey(ATTRIBUTE_LINK_NAMESPACE);
    return VlanTag.parse(elsewhere ? 0 : parent.getInt(0), data);
  }

  private static long mac(ByteBuffer address) {
    if (address == null || address.remaining() != MAC_BYTES) {
      return 0;
    }
    long mac = 0;
    for (int i = MAC_BYTES - 1; i >= 0; i--) {
      mac = mac << Byte.SIZE | Byte.toUnsignedLong(address.get(i));
    }
    return mac;
  }

  private static String text(ByteBuffer zeroTerminated) {
    String text = StandardCharsets.UTF_8.decode(zeroTerminated.duplicate()).toString();
    int end = text.indexOf(0);
    return end < 0 ? text : text.substring(0, end);
  }
}
