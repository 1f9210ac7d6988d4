package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;

/** {@code struct lb_backend_counters}: 64-bit words. */
final class BackendCountersLayout {
  static final int BYTES = 128;
  static final int PACKETS_IN = 0;
  static final int PACKETS_OUT = 8;
  static final int BYTES_IN = 16;
  static final int BYTES_OUT = 24;
  static final int OPENED = 32;
  static final int CLOSED = 40;
  static final int REFUSED = 48;
  static final int UNANSWERED = 56;
  static final int ANSWERED = 64;

  private BackendCountersLayout() {}

  static BackendCounters decode(long[] words) {
    return new BackendCounters(
        word(words, PACKETS_IN),
        word(words, PACKETS_OUT),
        word(words, BYTES_IN),
        word(words, BYTES_OUT),
        word(words, OPENED),
        active(words),
        word(words, REFUSED),
        word(words, UNANSWERED),
        word(words, ANSWERED));
  }

  /** CPUs are read one after the other: a flow that closes meanwhile may count as closed alone. */
  static long active(long[] words) {
    return Math.max(0, word(words, OPENED) - word(words, CLOSED));
  }

  private static long word(long[] words, int offset) {
    return words[offset / Long.BYTES];
  }
}
