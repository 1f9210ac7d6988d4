package io.ebpflb.runtime.dataplane;

/** {@code struct lb_filter}: two bit sets, one after the other. */
final class FilterLayout {
  private FilterLayout() {}

  static final int BITS_LOG2 = 19;
  static final int WORDS = 1 << (BITS_LOG2 - 6);
  static final int BYTES = 2 * WORDS * 8;
  static final int SERVICE = 0;
  static final int BACKEND = WORDS * 8;
}
