package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Puts whole frames on an interface of the network namespace that the opening thread is in,
 * whatever they say about who sent them. For one thread at a time.
 */
final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_QDISC_BYPASS = 20;
  private static final int ADDRESS_BYTES = 20;
  private static final int FRAME_BYTES_MAX = 2048;

  /** The link has no room at the moment. */
  private static final int ENOBUFS = 105;

  private final int fd;
  private final String mac;
  private final Memory buffer = new Memory(FRAME_BYTES_MAX);

  private PacketSocket(int fd, String mac) {
    this.fd = fd;
    this.mac = mac;
  }

  static PacketSocket open(String link) throws IOException {
    NetworkInterface device = NetworkInterface.getByName(link);
    int fd = LibC.socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) {
      throw new IOException("packet socket: errno " + LibC.errno());
    }
    String mac = HexFormat.ofDelimiter(":").formatHex(device.getHardwareAddress());
    PacketSocket socket = new PacketSocket(fd, mac);
    try (Memory address = new Memory(ADDRESS_BYTES);
        Memory on = new Memory(4)) {
      on.setInt(0, 1);
      address.clear();
      address.setShort(0, (short) AF_PACKET);
      address.setInt(4, device.getIndex());
      if (LibC.setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, on, 4) != 0
          || LibC.bind(fd, address, ADDRESS_BYTES) != 0) {
        int errno = LibC.errno();
        socket.close();
        throw new IOException("packet socket on " + link + ": errno " + errno);
      }
    }
    return socket;
  }

  /** Of the interface. */
  String mac() {
    return mac;
  }

  /**
   * @return whether the link took it; if not, it was full
   */
  boolean send(ByteBuffer frame) throws IOException {
    buffer.write(0, frame.array(), 0, frame.limit());
    if (LibC.send(fd, buffer, frame.limit(), 0) == frame.limit()) {
      return true;
    }
    if (LibC.errno() != ENOBUFS) {
      throw new IOException("send a frame: errno " + LibC.errno());
    }
    return false;
  }

  @Override
  public void close() {
    LibC.close(fd);
    buffer.close();
  }
}
