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

  // In variables of its own: a start asks for millions of slots before there is a compiler that
  // would see to it.
  private void ask(int backend) {
    SlotOrder order = orders[backend];
    short[] owner = this.owner;
    int[] ownerRank = this.ownerRank;
    double[] ranks = this.ranks;
    double[] weights = this.weights;
    double weight = weights[backend];
    int rank = nextRank[backend];
    int left = missing[backend];
    while (left > 0) {
      int slot = order.slot(rank, cellBits, partBits);
      int holder = owner[slot];
      if (holder < 0) {
        owner[slot] = (short) backend;
        ownerRank[slot] = rank;
        left--;
      } else {
        double mine = ranks[rank] * weights[holder];
        double theirs = ranks[ownerRank[slot]] * weight;
        if (mine != theirs ? mine < theirs : backend < holder) {
          if (missing[holder]++ == 0) {
            wanting.add(holder);
          }
          owner[slot] = (short) backend;
          ownerRank[slot] = rank;
          left--;
        }
      }
      rank++;
    }
    nextRank[backend] = rank;
    missing[backend] = 0;
  }
}
