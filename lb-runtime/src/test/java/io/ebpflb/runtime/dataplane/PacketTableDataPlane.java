package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration;
import java.time.Duration;
import java.util.List;

/** The data plane as the balancer opens it, with the packet table's services in force. */
final class PacketTableDataPlane {
  private static final Duration LONG = Duration.ofMinutes(5);

  private PacketTableDataPlane() {}

  /**
   * Acts in the calling thread's network namespace. No timeout ends a flow while the table runs.
   */
  static BpfDataPlane open(Scene.Hook hook) {
    return open(hook, LONG, LONG);
  }

  /**
   * The same with timeouts that do.
   *
   * @param established of flows that are
   * @param others of those that are not yet, or no more
   */
  static BpfDataPlane open(Scene.Hook hook, Duration established, Duration others) {
    Configuration.DataPlaneSettings settings = settings(hook, established, others);
    BpfDataPlane dataPlane =
        hook == Scene.Hook.XDP
            ? BpfDataPlane.open(settings, PacketLab::linksWithTags)
            : BpfDataPlane.open(settings);
    try {
      dataPlane.apply(PacketTablePlan.plan());
      dataPlane.awaitLoaded();
      return dataPlane;
    } catch (RuntimeException e) {
      dataPlane.close();
      throw e;
    }
  }

  private static Configuration.DataPlaneSettings settings(
      Scene.Hook hook, Duration established, Duration others) {
    return new Configuration.DataPlaneSettings(
        List.of(
            PacketLab.CLIENT_SIDE,
            PacketLab.BACKEND_SIDE,
            PacketLab.TAGGED_CLIENT_SIDE,
            PacketLab.TAGGED_BACKEND_SIDE),
        hook == Scene.Hook.XDP ? Configuration.Hook.XDP : Configuration.Hook.TC,
        8192,
        256,
        256,
        256,
        1 << 16,
        established,
        others,
        others,
        established,
        false);
  }
}
