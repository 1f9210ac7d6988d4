package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.NearNames;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.util.List;

/** Finds what a path names, or says what it may have meant. */
final class Lookup {

  private Lookup() {}

  /**
   * @throws ProblemException if there is none of that name
   */
  static ServiceSnapshot service(BalancerView balancer, Request request) {
    String name = request.parameter("service");
    List<ServiceSnapshot> services = balancer.services();
    return services.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> missing("service", name, services.stream().map(ServiceSnapshot::name).toList()));
  }

  /**
   * @throws ProblemException if the service has none of that name
   */
  static BackendSnapshot backend(ServiceSnapshot service, Request request) {
    String name = request.parameter("backend");
    List<BackendSnapshot> backends = service.backends();
    return backends.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                missing(
                    "backend of service \"" + service.name() + "\":",
                    name,
                    backends.stream().map(BackendSnapshot::name).toList()));
  }

  static ProblemException missing(String kind, String name, List<String> known) {
    List<String> near = NearNames.of(name, known);
    return ProblemException.notFound(
        "no "
            + kind
            + " \""
            + name
            + "\""
            + (near.isEmpty() ? "" : "; did you mean: " + String.join(", ", near)));
  }
}
