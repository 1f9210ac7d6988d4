package io.ebpflb.runtime.bench;

import java.util.Arrays;
import java.util.List;

/** Of runs on a machine that others use too, the middle one says more than the mean. */
public final class Median {
  private Median() {}

  static double of(List<Integer> values) {
    return ofDoubles(values.stream().mapToDouble(Integer::doubleValue).toArray());
  }

  /**
   * @param values at least one
   */
  public static double ofDoubles(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
