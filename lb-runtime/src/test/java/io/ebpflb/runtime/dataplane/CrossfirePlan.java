package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Services of one backend each, and backends of one service each: whatever address a packet gets,
 * there is one that is right. The table is tiny, and every flow is soon over.
 */
final class CrossfirePlan {
  static final int SERVICES = 6;

  private static final int SERVICE_PORT = 7000;
  private static final int BACKEND_PORT = 9000;
  private static final int FLOWS_MAX = 16;
  private static final Duration SOON = Duration.ofMillis(40);

  private CrossfirePlan() {}

  static int servicePort(int service) {
    return SERVICE_PORT + service;
  }

  static int backendPort(int service) {
    return BACKEND_PORT + service;
  }

  static InetAddress backend(Scene.Family family, int service) {
    return family.onBackendSide(service % 2 == 0 ? Scene.BACKEND : Scene.OTHER_BACKEND);
  }

  /** Acts in the calling thread's network namespace. */
  static BpfDataPlane open(Scene.Hook hook) {
    BpfDataPlane dataPlane =
        BpfDataPlane.open(
            new Configuration.DataPlaneSettings(
                List.of(PacketLab.CLIENT_SIDE, PacketLab.BACKEND_SIDE),
                hook == Scene.Hook.XDP ? Configuration.Hook.XDP : Configuration.Hook.TC,
                FLOWS_MAX,
                256,
                256,
                256,
                1 << 16,
                SOON,
                SOON,
                SOON,
                SOON,
                false));
    dataPlane.apply(plan());
    dataPlane.awaitLoaded();
    return dataPlane;
  }

  private static Plan plan() {
    List<Plan.Service> services = new ArrayList<>();
    for (Scene.Family family : Scene.Family.values()) {
      for (Protocol protocol : Protocol.values()) {
        for (int service = 0; service < SERVICES; service++) {
          services.add(service(family, protocol, service));
        }
      }
    }
    return new Plan(services, List.of());
  }

  private static Plan.Service service(Scene.Family family, Protocol protocol, int service) {
    Plan.Endpoint backend = new Plan.Endpoint(backend(family, service), backendPort(service));
    return new Plan.Service(
        family + "-" + protocol + "-" + service,
        Optional.of(family.service()),
        servicePort(service),
        protocol,
        Plan.Selection.FIVE_TUPLE,
        new Plan.Group(List.of(new Plan.Weighted(backend, 1))),
        List.of(),
        Optional.empty());
  }
}
