package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * One message of the kernel's routing socket.
 *
 * @param body what follows the header, in the machine's byte order
 */
record NetlinkMessage(int type, int flags, ByteBuffer body) {
  static final int HEADER_BYTES = 16;

  static final int ERROR = 2;
  static final int DONE = 3;
  static final int NEW_LINK = 16;
  static final int DEL_LINK = 17;
  static final int GET_LINK = 18;
  static final int NEW_ADDRESS = 20;
  static final int DEL_ADDRESS = 21;
  static final int GET_ADDRESS = 22;
  static final int GET_ROUTE = 26;
  static final int NEW_NEIGHBOR = 28;
  static final int DEL_NEIGHBOR = 29;
  static final int GET_NEIGHBOR = 30;
  static final int NEW_QUEUEING = 36;
  static final int DEL_QUEUEING = 37;
  static final int NEW_FILTER = 44;
  static final int DEL_FILTER = 45;
  static final int GET_FILTER = 46;

  private static final int ATTRIBUTE_HEADER_BYTES = 4;

  /** Attributes carry flags in the two high bits of their type. */
  private static final int ATTRIBUTE_TYPE_MASK = 0x3fff;

  /**
   * Reads attributes up to the buffer's limit; the last of a type wins. A truncated one ends it.
   *
   * @param offset of the first
   */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer buffer, int offset) {
    Map<Integer, ByteBuffer> attributes = new HashMap<>();
    int position = offset;
    while (position + ATTRIBUTE_HEADER_BYTES <= buffer.limit()) {
      int length = Short.toUnsignedInt(buffer.getShort(position));
      if (length < ATTRIBUTE_HEADER_BYTES || position + length > buffer.limit()) {
        break;
      }
      int type = Short.toUnsignedInt(buffer.getShort(position + 2)) & ATTRIBUTE_TYPE_MASK;
      attributes.put(
          type,
          buffer
              .slice(position + ATTRIBUTE_HEADER_BYTES, length - ATTRIBUTE_HEADER_BYTES)
              .order(ByteOrder.nativeOrder()));
      position += align(length);
    }
    return attributes;
  }

  static int align(int length) {
    return (length + 3) & ~3;
  }
}
