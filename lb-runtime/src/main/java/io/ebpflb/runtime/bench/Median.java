package io.ebpflb.runtime.bench;

import java.util.List;

/** Of runs on a machine that others use too, the middle one says more than the mean. */
final class Median {
  private Median() {}

  static double of(List<Integer> values) {
    List<Integer> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) {
      return sorted.get(middle);
    }
    return (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
  }
}
