package io.ebpflb.runtime.bench;

import java.util.List;

/**
 * How costs grow.
 *
 * @param cpus empty on a machine with one CPU
 */
public record ScaleResults(
    List<Flows> flows, List<Backends> backends, Sweep sweep, List<Cpus> cpus) {
  static final double SWEEP_SHARE_MAX = 0.02;
  static final double TWO_CPUS_MIN = 1.8;

  public ScaleResults {
    flows = List.copyOf(flows);
    backends = List.copyOf(backends);
    cpus = List.copyOf(cpus);
  }

  /**
   * @param established flows, of those that were opened
   * @param mapBytes kernel memory of all maps
   */
  record Flows(
      int flows,
      int flowsMax,
      long established,
      long mapBytes,
      double establishedNanos,
      double replyNanos) {}

  /**
   * @param tableMillis to build and write the tables of four services when a weight changes
   */
  record Backends(int backends, int slots, double newFlowNanos, double tableMillis) {}

  /**
   * @param sliceMicros of one of the slices that the table is swept in
   * @param share of one CPU
   */
  record Sweep(int flows, double sliceMicros, double share) {
    boolean isWithinBudget() {
      return share <= SWEEP_SHARE_MAX;
    }
  }

  /**
   * @param oneNanos a packet of an established flow on one CPU alone
   * @param twoNanos the same, the mean of two CPUs at once
   * @param speedUp packets a second of both against those of one, without the harness
   * @param walkSpeedUp the same of programs that read as many lines and share none
   */
  record Cpus(int flows, double oneNanos, double twoNanos, double speedUp, double walkSpeedUp) {
    boolean isWithinBudget() {
      return speedUp >= TWO_CPUS_MIN;
    }
  }
}
