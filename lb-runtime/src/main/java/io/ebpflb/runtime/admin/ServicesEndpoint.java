package io.ebpflb.runtime.admin;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.DepartingSnapshot;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.ebpflb.runtime.service.TargetSnapshot;
import java.util.Locale;
import java.util.Map;

/**
 * Services as JSON. What belongs to a backend of the service (health, counters) is under {@code
 * backends}, once for each address and port; what belongs to a target group under {@code groups}.
 */
final class ServicesEndpoint implements Endpoint {

  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final BalancerView balancer;

  ServicesEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  @Override
  public Reply reply(Request request) {
    Body body = new Body();
    Map<BackendKey, BackendCounters> counters = balancer.dataPlane().backendCounters();
    try (Json json = new Json(body)) {
      json.object().array("services");
      for (ServiceSnapshot service : balancer.services()) {
        write(json, service, counters);
      }
      json.endArray().endObject();
    }
    return Reply.of(Reply.JSON, body);
  }

  private static void write(
      Json json, ServiceSnapshot service, Map<BackendKey, BackendCounters> counters) {
    json.object()
        .field("name", service.name())
        .field("listen", service.listen())
        .field("protocol", word(service.protocol()))
        .field("algorithm", word(service.algorithm()))
        .text("health_check", service.healthCheck())
        .array("problems");
    service.problems().forEach(json::value);
    json.endArray().array("backends");
    for (BackendSnapshot backend : service.backends()) {
      json.object();
      endpoint(json, backend.endpoint());
      json.field("departing", false);
      weights(json, backend);
      health(json, backend.health());
      traffic(json, find(counters, service, backend.endpoint()));
      json.endObject();
    }
    for (DepartingSnapshot departing : service.departing()) {
      json.object();
      endpoint(json, departing.endpoint());
      json.field("departing", true);
      traffic(json, find(counters, service, departing.endpoint()));
      json.endObject();
    }
    json.endArray().array("groups");
    service.groups().forEach(group -> write(json, group));
    json.endArray().endObject();
  }

  private static void write(Json json, GroupSnapshot group) {
    json.object()
        .text("source", group.source())
        .field("configured_in_force", group.configuredInForce())
        .array("targets");
    for (TargetSnapshot target : group.targets()) {
      json.object()
          .field("label", target.label())
          .field("weight", target.weight())
          .field("backends", target.backends())
          .text("problem", target.problem())
          .endObject();
    }
    json.endArray().array("backends");
    double sum = group.backends().stream().mapToDouble(BackendSnapshot::effectiveWeight).sum();
    for (BackendSnapshot backend : group.backends()) {
      json.object().field("name", backend.name());
      weights(json, backend);
      json.field("share", sum > 0 ? backend.effectiveWeight() / sum : 0).endObject();
    }
    json.endArray().endObject();
  }

  private static void endpoint(Json json, Plan.Endpoint endpoint) {
    json.field("name", Endpoints.format(endpoint.address(), endpoint.port()))
        .field("address", endpoint.address().getHostAddress())
        .field("port", endpoint.port());
  }

  private static void weights(Json json, BackendSnapshot backend) {
    json.field("configured_weight", backend.configuredWeight())
        .field("effective_weight", backend.effectiveWeight());
  }

  private static void health(Json json, HealthSnapshot health) {
    json.object("health")
        .field("state", word(health.state()))
        .time("since", health.since())
        .field("detail", health.detail())
        .time("checked_at", health.checkedAt())
        .field("latency_ms", health.latency().toNanos() / NANOS_PER_MILLISECOND)
        .field("passed", health.passedChecks())
        .field("failed", health.failedChecks())
        .field("changes", health.changes())
        .endObject();
  }

  private static void traffic(Json json, BackendCounters counters) {
    json.object("connections")
        .field("active", counters.active())
        .field("total", counters.opened())
        .field("refused", counters.refused())
        .field("unanswered", counters.unanswered())
        .endObject()
        .object("traffic")
        .field("packets_in", counters.packetsIn())
        .field("packets_out", counters.packetsOut())
        .field("bytes_in", counters.bytesIn())
        .field("bytes_out", counters.bytesOut())
        .endObject();
  }

  private static BackendCounters find(
      Map<BackendKey, BackendCounters> counters, ServiceSnapshot service, Plan.Endpoint endpoint) {
    return counters.getOrDefault(new BackendKey(service.name(), endpoint), BackendCounters.ZERO);
  }

  /** As the config spells it: {@code source-hash}. */
  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
