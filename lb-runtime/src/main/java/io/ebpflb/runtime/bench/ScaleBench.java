package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.bench.Traffic.Clients;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.BpfDataPlane;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how costs grow with flows, backends and CPUs, by the kernel's test runs. Takes about two
 * minutes, and twice the memory of the largest flow table.
 */
public final class ScaleBench {
  private static final int FLOWS_MIN = 1 << 10;
  private static final int FLOWS_MAX = 1 << 22;
  private static final int FLOWS_STEP = 4;
  private static final int[] BACKENDS = {1, 8, 64, 256, 1024};
  private static final int ROUNDS = 3;
  private static final int SWEPT_FLOWS = 1 << 20;
  private static final int SWEEP_SLICES = 200;
  private static final int TABLES = 5;

  /** Of each CPU: flows whose lines its own caches hold, and flows beyond them. */
  private static final List<Integer> CPUS_FLOWS = List.of(1 << 10, Measurement.MANY_FLOWS);

  private static final Traffic TRAFFIC = new Traffic(Family.IPV4, Protocol.TCP);

  private final BenchNetwork network;

  private ScaleBench(BenchNetwork network) {
    this.network = network;
  }

  /**
   * @throws DataPlaneException if privilege, a kernel feature, a tool or memory is missing
   */
  public static ScaleResults run() {
    return run(FLOWS_MAX, SWEPT_FLOWS, BACKENDS);
  }

  static ScaleResults run(int flowsMax, int sweptFlows, int... backends) {
    try (BenchNetwork network = BenchNetwork.create()) {
      ScaleBench bench = new ScaleBench(network);
      List<ScaleResults.Flows> byFlows = new ArrayList<>();
      for (int flows = FLOWS_MIN; flows <= flowsMax; flows *= FLOWS_STEP) {
        int number = flows;
        byFlows.add(network.within(() -> bench.flows(number)));
      }
      List<ScaleResults.Backends> byBackends = new ArrayList<>();
      for (int number : backends) {
        byBackends.add(network.within(() -> bench.backends(number)));
      }
      return new ScaleResults(
          byFlows,
          byBackends,
          network.within(() -> bench.sweep(sweptFlows)),
          Runtime.getRuntime().availableProcessors() < 2
              ? List.of()
              : CPUS_FLOWS.stream().map(n -> network.within(() -> bench.cpus(n))).toList());
    }
  }

  private ScaleResults.Flows flows(int flows) {
    int flowsMax = Math.max(flows, Subject.FLOWS_MAX);
    try (Subject subject = Subject.open(flowsMax, 1)) {
      long mapBytes = MapMemory.bytes();
      try (OuterProgram outer = OuterProgram.load()) {
        List<PacketCost> costs = new Measurement(subject, outer, TRAFFIC).lasting(ROUNDS, flows);
        return new ScaleResults.Flows(
            flows,
            flowsMax,
            subject.tableEvents("promoted"),
            mapBytes,
            nanos(costs, PacketCase.ESTABLISHED),
            nanos(costs, PacketCase.REPLY));
      }
    }
  }

  private ScaleResults.Backends backends(int backends) {
    try (Subject subject = Subject.open(Subject.FLOWS_MAX, backends);
        OuterProgram outer = OuterProgram.load()) {
      double newFlow = new Measurement(subject, outer, TRAFFIC).newFlow().nanos();
      double[] millis = new double[TABLES];
      for (int i = 0; i < TABLES; i++) {
        long start = System.nanoTime();
        // Another weight each time: a plan that changes nothing builds no table.
        subject.spread(backends, 2 + i);
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
      return new ScaleResults.Backends(
          backends, TableSize.BEST.slots(backends), newFlow, Median.ofDoubles(millis));
    }
  }

  private ScaleResults.Sweep sweep(int flows) {
    try (Subject subject = Subject.open(flows, 1);
        OuterProgram outer = OuterProgram.load()) {
      new Measurement(subject, outer, TRAFFIC).establish(Clients.ESTABLISHED, flows);
      double[] micros = new double[SWEEP_SLICES];
      for (int i = 0; i < SWEEP_SLICES; i++) {
        micros[i] = subject.sweepSlice() / 1e3;
      }
      double slice = Median.ofDoubles(micros);
      double share = slice * 1e3 / BpfDataPlane.SWEEP_PERIOD.toNanos();
      return new ScaleResults.Sweep(flows, slice, share);
    }
  }

  private ScaleResults.Cpus cpus(int flows) {
    try (Subject subject = Subject.open()) {
      return new TwoCpus(network, subject, TRAFFIC).measure(flows);
    }
  }

  private static double nanos(List<PacketCost> costs, PacketCase packetCase) {
    return costs.stream()
        .filter(cost -> cost.packetCase() == packetCase)
        .findFirst()
        .orElseThrow()
        .nanos();
  }
}
