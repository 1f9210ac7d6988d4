package io.ebpflb.runtime.bench.traffic;

import java.util.List;

/** What ebpf-lb should reach beside another contender. */
record Goal(
    Setting setting,
    Measure measure,
    Contender ours,
    Contender other,
    boolean isAtLeast,
    double bound) {
  static final List<Goal> ALL =
      List.of(
          wire(Measure.HTTP, Contender.REDIRECT, true, 0.97),
          wire(Measure.CONNECTIONS, Contender.REDIRECT, true, 0.97),
          wire(Measure.ROUND_TRIP, Contender.REDIRECT, false, 1.05),
          wire(Measure.HTTP, Contender.HAPROXY, true, 1.5),
          wire(Measure.CONNECTIONS, Contender.HAPROXY, true, 1.5),
          bulk(Measure.BULK_1_UP),
          bulk(Measure.BULK_1_DOWN),
          bulk(Measure.BULK_4_UP),
          bulk(Measure.BULK_4_DOWN));

  private static Goal wire(Measure measure, Contender other, boolean isAtLeast, double bound) {
    return new Goal(Setting.WIRE, measure, Contender.LB_XDP, other, isAtLeast, bound);
  }

  private static Goal bulk(Measure measure) {
    return new Goal(Setting.DEFAULT, measure, Contender.LB_TC, Contender.NFTABLES, true, 1.0);
  }

  boolean isReached(double ratio) {
    return isAtLeast ? ratio >= bound : ratio <= bound;
  }
}
