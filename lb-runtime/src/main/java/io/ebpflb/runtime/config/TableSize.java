package io.ebpflb.runtime.config;

/** How much of {@code max-table-slots} a group needs. */
public final class TableSize {
  private TableSize() {}

  public static final int SLOTS_MIN = 1024;
  public static final int SLOTS_MAX = 131_072;
  private static final int SLOTS_PER_BACKEND = 100;

  /**
   * Slots of the table for a group of so many backends, those with weight zero included: a backend
   * that comes and goes by its weight does not change the size. A change of size moves everything,
   * so there are few sizes; all are powers of two.
   */
  public static int slots(int backends) {
    if (backends <= 1) {
      return backends;
    }
    int backendsCounted = Math.min(backends, SLOTS_MAX / SLOTS_PER_BACKEND);
    int wanted = Math.max(SLOTS_MIN, SLOTS_PER_BACKEND * backendsCounted);
    return Integer.highestOneBit(wanted - 1) << 1;
  }
}
