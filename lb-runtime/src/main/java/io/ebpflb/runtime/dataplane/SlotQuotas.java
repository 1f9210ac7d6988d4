package io.ebpflb.runtime.dataplane;

import java.util.stream.IntStream;

/**
 * Divides a number of slots by weights, exactly: whole slots first, the rest by largest remainder.
 */
final class SlotQuotas {
  private SlotQuotas() {}

  /**
   * @param weights above zero; at most {@code slots} of them
   * @return at least 1 for each, {@code slots} together
   */
  static int[] of(double[] weights, int slots) {
    double[] shares = shares(weights);
    int[] quotas = new int[weights.length];
    double[] remainders = new double[weights.length];
    int left = slots;
    for (int i = 0; i < weights.length; i++) {
      double exact = shares[i] * slots;
      quotas[i] = Math.max(1, (int) exact);
      remainders[i] = exact - quotas[i];
      left -= quotas[i];
    }
    int[] byRemainder =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted((a, b) -> Double.compare(remainders[b], remainders[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; left > 0; i = (i + 1) % byRemainder.length) {
      quotas[byRemainder[i]]++;
      left--;
    }
    takeBack(quotas, -left);
    return quotas;
  }

  private static double[] shares(double[] weights) {
    double max = 0;
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weight " + weight + " is not a number from zero on");
      }
      max = Math.max(max, weight);
    }
    double sum = 0;
    double[] shares = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      // Scaled before they are added: the sum of very large weights would be infinite.
      shares[i] = weights[i] / max;
      sum += shares[i];
    }
    for (int i = 0; i < weights.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** Tiny weights were rounded up to one slot; the largest quotas pay for it. */
  private static void takeBack(int[] quotas, int slots) {
    for (int taken = 0; taken < slots; taken++) {
      int largest = 0;
      for (int i = 1; i < quotas.length; i++) {
        if (quotas[i] > quotas[largest]) {
          largest = i;
        }
      }
      quotas[largest]--;
    }
  }
}
