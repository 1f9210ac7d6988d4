package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ServiceSnapshot;

/** Services and what belongs to them, to be read. */
final class ServicesEndpoint {

  private final BalancerView balancer;

  ServicesEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  Reply all(Request request) {
    return Reply.json(
        json -> {
          ServiceJson services = new ServiceJson(json, balancer.dataPlane().backendCounters());
          json.object().array("services");
          balancer.services().forEach(services::service);
          json.endArray().endObject();
        });
  }

  Reply one(Request request) {
    ServiceSnapshot service = Lookup.service(balancer, request);
    return Reply.json(
        json -> new ServiceJson(json, balancer.dataPlane().backendCounters()).service(service));
  }

  Reply backends(Request request) {
    ServiceSnapshot service = Lookup.service(balancer, request);
    return Reply.json(
        json -> {
          json.object();
          new ServiceJson(json, balancer.dataPlane().backendCounters()).backends(service);
          json.endObject();
        });
  }
}
