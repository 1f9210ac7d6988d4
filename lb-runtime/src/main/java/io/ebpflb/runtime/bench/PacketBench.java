package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures what the data plane spends on a packet, by the kernel's test runs: the real XDP program,
 * set up by the real control plane, in a network namespace made for it. Takes some 20 s.
 */
public final class PacketBench {
  private PacketBench() {}

  /**
   * @throws DataPlaneException if privilege, a kernel feature or a tool is missing, or if the
   *     program did something else than what was to be measured
   */
  public static List<PacketCost> run() {
    return run(List.of(Family.values()), List.of(Protocol.values()));
  }

  static List<PacketCost> run(List<Family> families, List<Protocol> protocols) {
    try (BenchNetwork network = BenchNetwork.create()) {
      return network.within(() -> measureAll(families, protocols));
    }
  }

  private static List<PacketCost> measureAll(List<Family> families, List<Protocol> protocols) {
    List<PacketCost> costs = new ArrayList<>();
    for (Family family : families) {
      for (Protocol protocol : protocols) {
        Traffic traffic = new Traffic(family, protocol);
        costs.addAll(measure(traffic, Measurement::lasting));
        costs.addAll(measure(traffic, Measurement::changing));
      }
    }
    return costs;
  }

  /** With flow tables of its own, so that no measurement meets another's flows. */
  private static List<PacketCost> measure(
      Traffic traffic, Function<Measurement, List<PacketCost>> what) {
    try (Subject subject = Subject.open();
        OuterProgram outer = OuterProgram.load()) {
      return what.apply(new Measurement(subject, outer, traffic));
    }
  }
}
