package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An address of this host that clients may connect to. */
record LocalAddress(int ifindex, InetAddress address) {
  private static final int BODY_BYTES = 8;
  private static final int ATTRIBUTE_ADDRESS = 1;
  private static final int ATTRIBUTE_LOCAL = 2;
  private static final int ATTRIBUTE_FLAGS = 8;
  private static final int FLAG_DAD_FAILED = 0x08;
  private static final int FLAG_TENTATIVE = 0x40;

  /** All of this thread's network namespace, link-local ones left out. */
  static List<LocalAddress> list() {
    return NetlinkSocket.dump(NetlinkMessage.GET_ADDRESS, new byte[BODY_BYTES]).stream()
        .map(LocalAddress::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  static Optional<LocalAddress> parse(NetlinkMessage message) {
    ByteBuffer body = message.body();
    if (message.type() != NetlinkMessage.NEW_ADDRESS || body.limit() < BODY_BYTES) {
      return Optional.empty();
    }
    Map<Integer, ByteBuffer> attributes = NetlinkMessage.attributes(body, BODY_BYTES);
    ByteBuffer flags = attributes.get(ATTRIBUTE_FLAGS);
    int allFlags = flags == null ? Byte.toUnsignedInt(body.get(2)) : flags.getInt(0);
    // IFA_ADDRESS is the peer's on a point-to-point link; IFA_LOCAL is always ours.
    ByteBuffer bytes = attributes.getOrDefault(ATTRIBUTE_LOCAL, attributes.get(ATTRIBUTE_ADDRESS));
    if (bytes == null || (allFlags & (FLAG_DAD_FAILED | FLAG_TENTATIVE)) != 0) {
      return Optional.empty();
    }
    InetAddress address = address(bytes);
    // The same link-local address may be on every interface: no key for a service.
    return address.isLinkLocalAddress()
        ? Optional.empty()
        : Optional.of(new LocalAddress(body.getInt(4), address));
  }

  private static InetAddress address(ByteBuffer bytes) {
    byte[] raw = new byte[bytes.remaining()];
    bytes.duplicate().get(raw);
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
