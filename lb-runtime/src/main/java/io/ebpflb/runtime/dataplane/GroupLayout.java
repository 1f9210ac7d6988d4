package io.ebpflb.runtime.dataplane;

/** {@code struct lb_group}: one word, low half offset, high half size, in slots. */
final class GroupLayout {
  private GroupLayout() {}

  static final int BYTES = 8;

  static long region(int offset, int size) {
    return (long) size << 32 | offset;
  }

  static int offset(long region) {
    return (int) region;
  }

  static int size(long region) {
    return (int) (region >>> 32);
  }
}
