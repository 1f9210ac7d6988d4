package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.DepartingSnapshot;
import io.ebpflb.runtime.service.DrainSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;

/** All drains: of gated backends until they are ready again, of departing ones until they end. */
final class DrainsEndpoint implements Endpoint {

  private final BalancerView balancer;

  DrainsEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  @Override
  public Reply reply(Request request) {
    return Reply.json(
        json -> {
          json.object().array("drains");
          balancer.services().forEach(service -> write(json, service));
          json.endArray().endObject();
        });
  }

  private static void write(Json json, ServiceSnapshot service) {
    for (BackendSnapshot backend : service.backends()) {
      backend
          .drain()
          .ifPresent(
              drain ->
                  write(
                      json,
                      service,
                      backend.name(),
                      ServiceJson.word(backend.adminState()),
                      drain));
    }
    for (DepartingSnapshot departing : service.departing()) {
      write(json, service, departing.name(), "departing", departing.drain());
    }
  }

  private static void write(
      Json json, ServiceSnapshot service, String backend, String reason, DrainSnapshot drain) {
    json.object()
        .field("service", service.name())
        .field("backend", backend)
        .field("reason", reason);
    ServiceJson.drain(json, drain);
    json.endObject();
  }
}
