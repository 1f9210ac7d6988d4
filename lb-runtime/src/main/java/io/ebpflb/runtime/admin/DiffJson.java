package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.service.ConfigDiff;
import io.ebpflb.runtime.service.ConfigDiff.BackendDiff;
import io.ebpflb.runtime.service.ConfigDiff.Move;
import io.ebpflb.runtime.service.ConfigDiff.ServiceDiff;
import java.util.List;

/** What one config changes of another. */
final class DiffJson {

  private DiffJson() {}

  /** The members {@code services}, {@code plugins} and {@code tables}, of those that differ. */
  static Json members(Json json, ConfigDiff diff) {
    json.array("services");
    diff.services().forEach(each -> write(json, each));
    json.endArray().array("plugins");
    diff.plugins().forEach((id, settings) -> write(json, id, settings));
    json.endArray().array("tables");
    diff.tables().forEach((name, settings) -> write(json, name, settings));
    return json.endArray();
  }

  private static void write(Json json, String name, List<String> settings) {
    json.object().field("name", name).array("settings");
    settings.forEach(json::value);
    json.endArray().endObject();
  }

  private static void write(Json json, ServiceDiff service) {
    json.object()
        .field("name", service.name())
        .field("kind", ServiceJson.word(service.kind()))
        .array("settings");
    service.settings().forEach(json::value);
    json.endArray().array("backends");
    service.backends().forEach(each -> write(json, each));
    json.endArray().array("moves");
    service.moves().forEach(each -> write(json, each));
    json.endArray().field("draining_flows", service.drainingFlows()).endObject();
  }

  private static void write(Json json, BackendDiff backend) {
    json.object()
        .field("name", backend.endpoint())
        .field("kind", ServiceJson.word(backend.kind()))
        .field("weight_before", backend.weightBefore())
        .field("weight_after", backend.weightAfter())
        .field("active_flows", backend.activeFlows())
        .endObject();
  }

  private static void write(Json json, Move move) {
    json.object().text("source", move.source()).field("share", move.share()).endObject();
  }
}
