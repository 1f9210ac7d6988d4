package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;

/** Asks an interface of this thread's network namespace for its driver and offloads. */
final class Ethtool {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | LibC.O_CLOEXEC;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int REQUEST_BYTES = 40;
  private static final int NAME_BYTES = 16;

  private static final int GET_DRIVER_INFO = 0x03;
  private static final int DRIVER_INFO_BYTES = 196;
  private static final int DRIVER_BYTES = 32;
  private static final int GET_RX_CHECKSUM = 0x14;
  private static final int GET_SEGMENTATION = 0x1e;
  private static final int GET_FLAGS = 0x25;
  private static final int FLAG_STRIPS_VLAN_TAGS = 1 << 8;

  private Ethtool() {}

  /**
   * @return {@code "virtio_net"}, {@code "ixgbe"} …; empty if it does not tell
   */
  static String driver(String name) {
    try (Memory info = new Memory(DRIVER_INFO_BYTES)) {
      info.clear();
      info.setInt(0, GET_DRIVER_INFO);
      if (!request(name, info)) {
        return "";
      }
      byte[] driver = info.getByteArray(4, DRIVER_BYTES);
      String text = new String(driver, StandardCharsets.US_ASCII);
      return text.substring(0, Math.max(0, text.indexOf(0)));
    }
  }

  /** Whether packets may come larger than the MTU or with unfinished checksums. */
  static boolean hasOffloads(String name) {
    return value(name, GET_SEGMENTATION) != 0 || value(name, GET_RX_CHECKSUM) != 0;
  }

  /** Whether frames come without their VLAN tag, which is then beside them ("rxvlan"). */
  static boolean stripsVlanTags(String name) {
    return (value(name, GET_FLAGS) & FLAG_STRIPS_VLAN_TAGS) != 0;
  }

  private static int value(String name, int command) {
    try (Memory value = new Memory(8)) {
      value.clear();
      value.setInt(0, command);
      return request(name, value) ? value.getInt(4) : 0;
    }
  }

  private static boolean request(String name, Memory command) {
    int socket = LibC.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
    if (socket < 0) {
      return false;
    }
    try (Memory request = new Memory(REQUEST_BYTES)) {
      request.clear();
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      request.write(0, bytes, 0, Math.min(bytes.length, NAME_BYTES - 1));
      request.setPointer(NAME_BYTES, command);
      return LibC.ioctl(socket, SIOCETHTOOL, request) == 0;
    } finally {
      LibC.close(socket);
    }
  }
}
