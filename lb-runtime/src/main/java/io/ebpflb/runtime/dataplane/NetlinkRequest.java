package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Puts together the body of a request: a fixed part, then attributes. */
final class NetlinkRequest {
  private static final int BYTES_MAX = 256;

  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX).order(ByteOrder.nativeOrder());

  /**
   * @param fixedBytes length of the fixed part, zero at first
   */
  NetlinkRequest(int fixedBytes) {
    bytes.position(fixedBytes);
  }

  NetlinkRequest putByte(int at, int value) {
    bytes.put(at, (byte) value);
    return this;
  }

  NetlinkRequest putInt(int at, int value) {
    bytes.putInt(at, value);
    return this;
  }

  NetlinkRequest attribute(int type, byte... value) {
    bytes.putShort((short) (Integer.BYTES + value.length)).putShort((short) type).put(value);
    bytes.position(NetlinkMessage.align(bytes.position()));
    return this;
  }

  NetlinkRequest attribute(int type, int value) {
    return attribute(
        type,
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  byte[] body() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** {@code AF_INET} or {@code AF_INET6}, by the length of an address in bytes. */
  static int family(int addressBytes) {
    return addressBytes == Integer.BYTES ? 2 : 10;
  }
}
