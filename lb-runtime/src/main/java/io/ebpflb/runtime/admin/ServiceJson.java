package io.ebpflb.runtime.admin;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.DepartingSnapshot;
import io.ebpflb.runtime.service.DrainSnapshot;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.ebpflb.runtime.service.TargetSnapshot;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Services as JSON. What belongs to a backend of the service (health, counters) is under {@code
 * backends}, once for each address and port; what belongs to a target group under {@code groups}.
 */
final class ServiceJson {

  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final Json json;
  private final Map<BackendKey, BackendCounters> counters;

  ServiceJson(Json json, Map<BackendKey, BackendCounters> counters) {
    this.json = json;
    this.counters = counters;
  }

  void service(ServiceSnapshot service) {
    json.object()
        .field("name", service.name())
        .field("listen", service.listen())
        .field("protocol", word(service.protocol()))
        .field("algorithm", word(service.algorithm()))
        .text("health_check", service.healthCheck())
        .array("problems");
    service.problems().forEach(json::value);
    json.endArray();
    backends(service);
    json.array("groups");
    service.groups().forEach(this::group);
    json.endArray().endObject();
  }

  /** The member {@code backends}: those of its groups, then those that left. */
  void backends(ServiceSnapshot service) {
    json.array("backends");
    service.backends().forEach(backend -> backend(service, backend));
    service.departing().forEach(departing -> departing(service, departing));
    json.endArray();
  }

  void backend(ServiceSnapshot service, BackendSnapshot backend) {
    json.object();
    endpoint(backend.endpoint());
    json.field("departing", false)
        .field("admin_state", word(backend.adminState()))
        .field("forced_health", word(backend.forcedHealth()));
    weights(backend);
    if (backend.drain().isPresent()) {
      drain(json.object("drain"), backend.drain().get());
      json.endObject();
    } else {
      json.nothing("drain");
    }
    check(backend.check());
    health(backend.health());
    traffic(service, backend.endpoint());
    json.endObject();
  }

  private void departing(ServiceSnapshot service, DepartingSnapshot departing) {
    json.object();
    endpoint(departing.endpoint());
    json.field("departing", true);
    drain(json.object("drain"), departing.drain());
    json.endObject();
    traffic(service, departing.endpoint());
    json.endObject();
  }

  /** Members of an object that is open. */
  static void drain(Json json, DrainSnapshot drain) {
    json.field("started_at", drain.startedAt())
        .field("timeout_seconds", drain.timeout().toMillis() / 1e3)
        .field("active_flows", drain.activeFlows())
        .text("outcome", drain.outcome().map(ServiceJson::word));
  }

  private void group(GroupSnapshot group) {
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
      weights(backend);
      json.field("share", sum > 0 ? backend.effectiveWeight() / sum : 0).endObject();
    }
    json.endArray().endObject();
  }

  private void endpoint(Plan.Endpoint endpoint) {
    json.field("name", Endpoints.format(endpoint.address(), endpoint.port()))
        .field("address", endpoint.address().getHostAddress())
        .field("port", endpoint.port());
  }

  private void weights(BackendSnapshot backend) {
    json.field("configured_weight", backend.configuredWeight());
    json.number("weight_override", backend.weightOverride());
    json.field("effective_weight", backend.effectiveWeight());
  }

  private void check(Optional<HealthCheck> check) {
    if (check.isEmpty()) {
      json.nothing("health_check");
      return;
    }
    HealthCheck settings = check.get();
    json.object("health_check")
        .field("type", settings.checker().extension().name())
        .integer("port", settings.port())
        .field("interval_ms", settings.interval().toMillis())
        .field("timeout_ms", settings.timeout().toMillis())
        .field("rise", settings.rise())
        .field("fall", settings.fall())
        .field("recovery_step_ms", settings.recoveryStep().toMillis())
        .endObject();
  }

  private void health(HealthSnapshot health) {
    json.object("health")
        .field("state", word(health.state()))
        .time("since", health.since())
        .field("detail", health.detail())
        .time("checked_at", health.checkedAt())
        .field("latency_ms", health.latency().toNanos() / NANOS_PER_MILLISECOND)
        .field("passed", health.passedChecks())
        .field("failed", health.failedChecks())
        .field("changes", health.changes())
        .text("last_error", health.lastError())
        .time("last_error_at", health.lastErrorAt())
        .endObject();
  }

  private void traffic(ServiceSnapshot service, Plan.Endpoint endpoint) {
    BackendCounters counts =
        counters.getOrDefault(new BackendKey(service.name(), endpoint), BackendCounters.ZERO);
    json.object("connections")
        .field("active", counts.active())
        .field("total", counts.opened())
        .field("refused", counts.refused())
        .field("unanswered", counts.unanswered())
        .endObject()
        .object("traffic")
        .field("packets_in", counts.packetsIn())
        .field("packets_out", counts.packetsOut())
        .field("bytes_in", counts.bytesIn())
        .field("bytes_out", counts.bytesOut())
        .endObject();
  }

  /** As the config spells it: {@code source-hash}. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
