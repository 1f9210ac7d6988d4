package io.ebpflb.runtime.dataplane;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * One run of the matching: each backend asks for slots in its order of preference until its quota
 * is filled. A slot prefers the backend that wants it most: lowest rank for its weight. The stable
 * result is unique, whoever asks first.
 */
final class SlotMatching {
  private final SlotOrder[] orders;
  private final double[] weights;
  private final double[] ranks;
  private final int cellBits;
  private final int partBits;
  private final int[] missing;
  private final int[] nextRank;
  private final short[] owner;
  private final int[] ownerRank;
  private final ArrayDeque<Integer> wanting = new ArrayDeque<>();

  /**
   * @param orders ascending: of two that want a slot as much, the first gets it
   * @param weights above zero
   * @param cells a power of two
   * @param slots another, at least as large, and at least the number of backends
   */
  SlotMatching(SlotOrder[] orders, double[] weights, int cells, int slots) {
    this.orders = orders;
    double max = Arrays.stream(weights).max().orElseThrow();
    // Scaled, so that products of very large or small weights stay finite.
    this.weights = Arrays.stream(weights).map(weight -> weight / max).toArray();
    ranks = SlotRanks.of(slots);
    cellBits = Integer.numberOfTrailingZeros(cells);
    partBits = Integer.numberOfTrailingZeros(slots) - cellBits;
    missing = SlotQuotas.of(weights, slots);
    nextRank = new int[orders.length];
    owner = new short[slots];
    Arrays.fill(owner, (short) -1);
    ownerRank = new int[slots];
  }

  /** The owner of each slot. */
  short[] run() {
    for (int i = 0; i < orders.length; i++) {
      wanting.add(i);
    }
    while (!wanting.isEmpty()) {
      ask(wanting.poll());
    }
    return owner;
  }

  private void ask(int backend) {
    while (missing[backend] > 0) {
      int rank = nextRank[backend]++;
      int slot = orders[backend].slot(rank, cellBits, partBits);
      int holder = owner[slot];
      if (holder >= 0) {
        if (!wantsMore(backend, rank, holder, ownerRank[slot])) {
          continue;
        }
        if (missing[holder]++ == 0) {
          wanting.add(holder);
        }
      }
      owner[slot] = (short) backend;
      ownerRank[slot] = rank;
      missing[backend]--;
    }
  }

  private boolean wantsMore(int backend, int rank, int holder, int holderRank) {
    double left = ranks[rank] * weights[holder];
    double right = ranks[holderRank] * weights[backend];
    return left != right ? left < right : backend < holder;
  }
}
