package io.ebpflb.runtime.dataplane;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How little a backend wants the slot at a rank of its order: as quantiles of the exponential
 * distribution, to be divided by its weight. Whoever has the least of these is then each backend
 * with a probability in proportion to its weight, in any group: so one that leaves leaves its slots
 * to the others in proportion, and their quotas move hardly any slot among themselves.
 */
final class SlotRanks {
  private static final int BITS_MAX = 17;

  /** By the number of slots, as they are needed: at most 2 MB together. */
  private static final AtomicReferenceArray<double[]> KNOWN =
      new AtomicReferenceArray<>(BITS_MAX + 1);

  private SlotRanks() {}

  /**
   * The least first. Not to be changed.
   *
   * @param slots a power of two
   */
  static double[] of(int slots) {
    int bits = Integer.numberOfTrailingZeros(slots);
    double[] ranks = KNOWN.get(bits);
    if (ranks == null) {
      ranks = new double[slots];
      for (int rank = 0; rank < slots; rank++) {
        // Strict: every node must build the same table.
        ranks[rank] = -StrictMath.log1p(-(rank + 0.5) / slots);
      }
      KNOWN.set(bits, ranks);
    }
    return ranks;
  }
}
