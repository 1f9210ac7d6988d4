package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
import io.ebpflb.runtime.service.BalancerView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** The balancer as a whole as JSON. */
final class StatusEndpoint implements Endpoint {

  private final BalancerView balancer;
  private final Readiness readiness;
  private final Clock clock;

  StatusEndpoint(BalancerView balancer, Readiness readiness, Clock clock) {
    this.balancer = balancer;
    this.readiness = readiness;
    this.clock = clock;
  }

  @Override
  public Reply reply(Request request) {
    Body body = new Body();
    Instant started = balancer.startedAt();
    try (Json json = new Json(body)) {
      json.object()
          .field("version", balancer.version())
          .field("started_at", started)
          .field("uptime_seconds", Duration.between(started, clock.instant()).toSeconds())
          .field("forwarding", balancer.isForwarding())
          .field("ready", readiness.isReady())
          .field("state", readiness.reason())
          .text("problem", balancer.problem());
      dataPlane(json, balancer.dataPlane());
      PluginsEndpoint.write(json, balancer).endObject();
    }
    return Reply.of(Reply.JSON, body);
  }

  private static void dataPlane(Json json, DataPlane dataPlane) {
    json.object("data_plane").field("description", dataPlane.description()).array("maps");
    for (MapUsage usage : dataPlane.mapUsage()) {
      json.object()
          .field("map", usage.map())
          .field("entries", usage.entries())
          .field("capacity", usage.capacity())
          .endObject();
    }
    json.endArray()
        .counts("drops", dataPlane.drops())
        .counts("handed_to_stack", dataPlane.handedToStack())
        .counts("flow_table_events", dataPlane.flowTableEvents())
        .endObject();
  }
}
