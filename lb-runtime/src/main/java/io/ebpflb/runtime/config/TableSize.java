package io.ebpflb.runtime.config;

/**
 * How large the tables of a plan are.
 *
 * @param cells what a table deals out to its backends, a power of two: the more, the fewer flows
 *     move beyond those that must when a group changes. A group of many backends cuts each cell
 *     finer, so that a group which grows moves no more flows than one which does not.
 */
public record TableSize(int cells) {
  /** The smallest, which decide what a config needs of {@code max-table-slots}. */
  public static final TableSize LEAST = new TableSize(1024);

  /** The largest, under which at most 1 % of the flows of others move. */
  public static final TableSize BEST = new TableSize(16_384);

  private static final int SLOTS_MAX = 131_072;
  private static final int SLOTS_PER_BACKEND = 100;

  /**
   * The largest size at which all tables fit half of the room, so that a change of all of them at
   * once finds room beside those in force; {@link #LEAST} if none does.
   *
   * @param groups backends of each group
   * @param room slots for all tables
   */
  public static TableSize fitting(int[] groups, int room) {
    TableSize size = BEST;
    while (size.cells > LEAST.cells && size.slots(groups) > room / 2) {
      size = new TableSize(size.cells / 2);
    }
    return size;
  }

  private long slots(int[] groups) {
    long slots = 0;
    for (int backends : groups) {
      slots += slots(backends);
    }
    return slots;
  }

  /**
   * Slots of the table for a group of so many backends, those with weight zero included: a backend
   * that comes and goes by its weight does not change the size. All sizes are powers of two, or one
   * slot for one backend.
   */
  public int slots(int backends) {
    if (backends <= 1) {
      return backends;
    }
    int backendsCounted = Math.min(backends, SLOTS_MAX / SLOTS_PER_BACKEND);
    int wanted = Math.max(cells, SLOTS_PER_BACKEND * backendsCounted);
    return Integer.highestOneBit(wanted - 1) << 1;
  }
}
