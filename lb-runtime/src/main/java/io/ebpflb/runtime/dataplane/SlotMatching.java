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
  private final int bits;
  private final int[] missing;
  private final int[] nextRank;
  private final short[] owner;
  private final int[] ownerRank;
  private final ArrayDeque<Integer> wanting = new ArrayDeque<>();

  /**
   * @param orders ascending: of two that want a slot as much, the first gets it
   * @param weights above zero
   * @param slots a power of two, at least the number of backends
   */
  SlotMatching(SlotOrder[] orders, double[] weights, int slots) {
    this.orders = orders;
    double max = Arrays.stream(weights).max().orElseThrow();
    // Scaled, so that products of very large or small weights stay finite.
    this.weights = Arrays.stream(weights).map(weight -> weight / max).toArray();
    bits = Integer.numberOfTrailingZeros(slots);
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
      int slot = orders[backend].slot(rank, bits);
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
    double left = (rank + 0.5) * weights[holder];
    double right = (holderRank + 0.5) * weights[backend];
    return left != right ? left < right : backend < holder;
  }
}
