package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** {@code struct lb_kill}. */
final class KillLayout {
  static final int BYTES = 8240;
  static final int BACKENDS = 0;
  static final int CLIENT = 8192;
  static final int CLIENT_MASK = 8208;
  static final int CLIENT_PORT = 8224;
  static final int FAMILY = 8226;
  static final int FIRST_SET = 8228;
  static final int SETS = 8232;
  static final int REMOVED = 8236;

  private KillLayout() {}

  /** Everything but the sets to look at. */
  static void write(MappedMemory to, FlowQuery query, IntStream backends) {
    ByteBuffer bytes = to.buffer();
    WireFormat.zero(bytes, 0, BYTES);
    backends.forEach(
        id -> {
          int word = BACKENDS + (id >> 6) * Long.BYTES;
          to.putLong(word, to.getLong(word) | 1L << (id & 63));
        });
    query.clientPort().ifPresent(port -> WireFormat.putPort(bytes, CLIENT_PORT, port));
    query
        .client()
        .ifPresent(
            prefix -> {
              bytes.put(FAMILY, WireFormat.family(prefix.address()));
              WireFormat.putAddress(bytes, CLIENT, prefix.address());
              for (int i = 0; i < WireFormat.ADDRESS_BYTES; i++) {
                int bits = Math.max(0, Math.min(Byte.SIZE, prefix.length() - i * Byte.SIZE));
                bytes.put(CLIENT_MASK + i, (byte) (0xff00 >> bits));
              }
            });
  }
}
