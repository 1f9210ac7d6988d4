package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.dataplane.TableSlots;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.util.Map;

/** By what a service decides on the backends of new flows, and what comes out at the moment. */
final class AlgorithmEndpoint implements Endpoint {

  private final BalancerView balancer;

  AlgorithmEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  @Override
  public Reply reply(Request request) {
    ServiceSnapshot service = Lookup.service(balancer, request);
    Map<BackendKey, BackendCounters> counters = balancer.dataPlane().backendCounters();
    return Reply.json(
        json -> {
          json.object()
              .field("algorithm", ServiceJson.word(service.algorithm()))
              .field("hashed", hashed(service.algorithm()))
              .array("groups");
          TableSize size = balancer.dataPlane().tableSize();
          service.groups().forEach(group -> write(json, service, group, size, counters));
          json.endArray().endObject();
        });
  }

  private static String hashed(Algorithm algorithm) {
    return switch (algorithm) {
      case MAGLEV, LEAST_CONNECTIONS -> "addresses-and-ports";
      case SOURCE_HASH -> "source-address";
      case RANDOM -> "nothing";
    };
  }

  private static void write(
      Json json,
      ServiceSnapshot service,
      GroupSnapshot group,
      TableSize size,
      Map<BackendKey, BackendCounters> counters) {
    json.object()
        .text("source", group.source())
        .field("configured_in_force", group.configuredInForce())
        .array("tables");
    Plan.Group weights =
        new Plan.Group(
            group.backends().stream()
                .map(each -> new Plan.Weighted(each.endpoint(), each.effectiveWeight()))
                .toList());
    for (boolean isIpv4 : new boolean[] {true, false}) {
      TableSlots.of(weights, isIpv4, size)
          .ifPresent(
              table -> {
                json.object()
                    .field("family", isIpv4 ? "ipv4" : "ipv6")
                    .field("slots", table.size())
                    .array("backends");
                group.backends().stream()
                    .filter(each -> table.backends().containsKey(each.endpoint()))
                    .forEach(each -> write(json, service, each, table, counters));
                json.endArray().endObject();
              });
    }
    json.endArray().endObject();
  }

  private static void write(
      Json json,
      ServiceSnapshot service,
      BackendSnapshot backend,
      TableSlots table,
      Map<BackendKey, BackendCounters> counters) {
    int slots = table.backends().get(backend.endpoint());
    BackendKey key = new BackendKey(service.name(), backend.endpoint());
    json.object()
        .field("name", backend.name())
        .field("configured_weight", backend.configuredWeight())
        .field("effective_weight", backend.effectiveWeight())
        .field("active_flows", counters.getOrDefault(key, BackendCounters.ZERO).active())
        .field("slots", slots)
        .field("share", table.size() == 0 ? 0 : (double) slots / table.size())
        .endObject();
  }
}
