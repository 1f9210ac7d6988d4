package io.ebpflb.plugin.dns;

import java.nio.charset.StandardCharsets;

/** A name as it is in the data of a record (RFC 1035 section 3.1), never compressed. */
final class WireName {
  private static final int LABEL_BYTES_MAX = 63;

  private WireName() {}

  /**
   * Without a dot at the end; the root is empty.
   *
   * @throws IllegalArgumentException if there is none
   */
  static String read(byte[] data, int from) {
    StringBuilder name = new StringBuilder();
    int at = from;
    while (at < data.length && data[at] != 0) {
      int length = data[at] & 0xff;
      if (length > LABEL_BYTES_MAX || at + length >= data.length) {
        throw new IllegalArgumentException("a record with a malformed name");
      }
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(data, at + 1, length, StandardCharsets.US_ASCII));
      at += length + 1;
    }
    if (at >= data.length) {
      throw new IllegalArgumentException("a record with a malformed name");
    }
    return name.toString();
  }
}
