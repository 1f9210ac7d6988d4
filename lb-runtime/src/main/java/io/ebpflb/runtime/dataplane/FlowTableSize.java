package io.ebpflb.runtime.dataplane;

/**
 * How large the flow table must be.
 *
 * @param sets a power of two
 */
record FlowTableSize(int sets) {
  /** {@code LB_SET_LINES}. */
  static final int SET_LINES = 8;

  /** {@code LB_BLOCK_SETS}. */
  static final int BLOCK_SETS = 16;

  /** With a quarter of the lines in use, one set in two hundred refuses an established flow. */
  private static final int LINES_PER_FLOW = 4;

  private static final int SETS_MAX = 1 << 24;

  /**
   * @param flowsMax established IPv4 flows
   * @throws DataPlaneException if no table can hold so many
   */
  static FlowTableSize forFlows(int flowsMax) {
    long lines = Math.max(SET_LINES, (long) flowsMax * LINES_PER_FLOW);
    long sets = ceilingPowerOfTwo(lines) / SET_LINES;
    if (sets > SETS_MAX) {
      throw new DataPlaneException(
          "size the flow table: %d flows are more than the %d that it can hold; lower max-flows"
              .formatted(flowsMax, SETS_MAX * (long) SET_LINES / LINES_PER_FLOW));
    }
    return new FlowTableSize((int) sets);
  }

  int mask() {
    return sets - 1;
  }

  /** Elements of the map: a block each, the last one of a small table partly in use. */
  int blocks() {
    return Math.max(1, sets / BLOCK_SETS);
  }

  private static long ceilingPowerOfTwo(long value) {
    return value == 1 ? 1 : Long.highestOneBit(value - 1) << 1;
  }
}
