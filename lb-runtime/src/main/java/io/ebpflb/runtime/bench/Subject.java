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

/**
 * The data plane that is measured: as the balancer opens it, with the default capacity of flows.
 */
final class Subject implements AutoCloseable {
  private static final String PROGRAM = "lb_xdp";
  private static final int FLOWS_MAX = 262_144;

  private final BpfDataPlane dataPlane;

  private Subject(BpfDataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** Acts in the calling thread's network namespace. */
  static Subject open() {
    BpfDataPlane dataPlane = BpfDataPlane.open(settings());
    try {
      dataPlane.apply(plan());
      return new Subject(dataPlane);
    } catch (RuntimeException e) {
      dataPlane.close();
      throw e;
    }
  }

  BpfProgram program() {
    return dataPlane.program(PROGRAM);
  }

  /** How often this has happened to the flow table: {@code "opened"}. */
  long tableEvents(String name) {
    return dataPlane.flowTableEvents().get(name);
  }

  @Override
  public void close() {
    dataPlane.close();
  }

  private static Configuration.DataPlaneSettings settings() {
    return new Configuration.DataPlaneSettings(
        List.of(BenchNetwork.CLIENT_SIDE, BenchNetwork.BACKEND_SIDE),
        Configuration.Hook.XDP,
        FLOWS_MAX,
        1024,
        1024,
        1024,
        1 << 20,
        Duration.ofSeconds(300),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        false);
  }

  private static Plan plan() {
    List<Plan.Service> services = new ArrayList<>();
    for (Family family : Family.values()) {
      for (Protocol protocol : Protocol.values()) {
        services.add(service(family, protocol, Traffic.SERVICE_PORT, 1));
        services.add(service(family, protocol, Traffic.WIDE_SERVICE_PORT, BenchNetwork.BACKENDS));
      }
    }
    return new Plan(services, List.of());
  }

  private static Plan.Service service(Family family, Protocol protocol, int port, int backends) {
    List<Plan.Weighted> group =
        IntStream.range(0, backends)
            .mapToObj(i -> new Plan.Endpoint(family.backend(i), Traffic.BACKEND_PORT))
            .map(endpoint -> new Plan.Weighted(endpoint, 1))
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
}
