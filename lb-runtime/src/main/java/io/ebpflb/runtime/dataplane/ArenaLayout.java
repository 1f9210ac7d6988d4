package io.ebpflb.runtime.dataplane;

/** The map {@code arena}: pages of slots, mapped one after the other. */
final class ArenaLayout {
  private ArenaLayout() {}

  static final int SLOT_BYTES = 2;
  static final int PAGE_SLOTS = 2048;
  static final int PAGE_BYTES = PAGE_SLOTS * SLOT_BYTES;

  /** Elements of the map that hold this many slots. */
  static int pages(int slots) {
    return (slots + PAGE_SLOTS - 1) / PAGE_SLOTS;
  }
}
