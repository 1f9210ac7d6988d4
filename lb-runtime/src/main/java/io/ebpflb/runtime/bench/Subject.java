package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.BpfDataPlane;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The data plane that is measured: as the balancer opens it. */
final class Subject implements AutoCloseable {
  private static final String PROGRAM = "lb_xdp";
  private static final String SWEEP = "lb_sweep";

  /** As {@code max-flows} is by default. */
  static final int FLOWS_MAX = 262_144;

  private final BpfDataPlane dataPlane;

  private Subject(BpfDataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** Acts in the calling thread's network namespace; with the default capacity of flows. */
  static Subject open() {
    return open(FLOWS_MAX, BenchNetwork.BACKENDS);
  }

  /**
   * @param wideBackends of the service that has many
   */
  static Subject open(int flowsMax, int wideBackends) {
    BpfDataPlane dataPlane = BpfDataPlane.open(settings(flowsMax));
    // It would be measured beside the cases otherwise.
    dataPlane.awaitLoaded();
    try {
      Subject subject = new Subject(dataPlane);
      subject.spread(wideBackends, 1);
      return subject;
    } catch (RuntimeException e) {
      dataPlane.close();
      throw e;
    }
  }

  BpfProgram program() {
    return dataPlane.program(PROGRAM);
  }

  /**
   * Applies a plan, tables built anew where it differs from the last one.
   *
   * @param firstWeight of the first backend of the wide service; the others weigh 1
   */
  void spread(int wideBackends, double firstWeight) {
    dataPlane.apply(plan(wideBackends, firstWeight));
  }

  /**
   * Sweeps a slice of the table, as the data plane does by itself all the time.
   *
   * @return ns that it took
   */
  int sweepSlice() {
    return dataPlane.program(SWEEP).run().nanos();
  }

  /** How often this has happened to the flow table: {@code "opened"}. */
  long tableEvents(String name) {
    return dataPlane.flowTableEvents().get(name);
  }

  @Override
  public void close() {
    dataPlane.close();
  }

  private static Configuration.DataPlaneSettings settings(int flowsMax) {
    return new Configuration.DataPlaneSettings(
        List.of(BenchNetwork.CLIENT_SIDE, BenchNetwork.BACKEND_SIDE),
        Configuration.Hook.XDP,
        flowsMax,
        16_384,
        1024,
        1024,
        1 << 23,
        Duration.ofSeconds(300),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        false);
  }

  private static Plan plan(int wideBackends, double firstWeight) {
    List<Plan.Service> services = new ArrayList<>();
    for (Family family : Family.values()) {
      for (Protocol protocol : Protocol.values()) {
        services.add(service(family, protocol, Traffic.SERVICE_PORT, 1, 1));
        services.add(
            service(family, protocol, Traffic.WIDE_SERVICE_PORT, wideBackends, firstWeight));
      }
    }
    return new Plan(services, List.of());
  }

  private static Plan.Service service(
      Family family, Protocol protocol, int port, int backends, double firstWeight) {
    List<Plan.Weighted> group =
        IntStream.range(0, backends)
            .mapToObj(i -> new Plan.Weighted(endpoint(family, i), i == 0 ? firstWeight : 1))
            .toList();
    return new Plan.Service(
        "%s-%s-%d".formatted(family.label, protocol, port),
        Optional.of(family.service()),
        port,
        protocol,
        Plan.Selection.FIVE_TUPLE,
        new Plan.Group(group),
        List.of(),
        Optional.empty());
  }

  /** There are as many ports to a host as it takes. */
  private static Plan.Endpoint endpoint(Family family, int number) {
    return new Plan.Endpoint(
        family.backend(number % BenchNetwork.BACKENDS),
        Traffic.BACKEND_PORT + number / BenchNetwork.BACKENDS);
  }
}
