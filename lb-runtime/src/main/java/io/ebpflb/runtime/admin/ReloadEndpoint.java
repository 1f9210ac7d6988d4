package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.ReloadStatus;

/** Which config is in force, and putting the file in force. */
final class ReloadEndpoint {

  private final Reload reload;

  ReloadEndpoint(Reload reload) {
    this.reload = reload;
  }

  Reply status(Request request) {
    ReloadStatus status = reload.status();
    return Reply.json(
        json -> {
          json.object()
              .field("file", status.file().toString())
              .field("config_hash", status.configHash())
              .field("watching", status.isWatching());
          status
              .lastAttempt()
              .ifPresentOrElse(last -> write(json, last), () -> json.nothing("last_attempt"));
          json.endObject();
        });
  }

  Reply reload(Request request) {
    return ReloadReply.of(reload.reload(ReloadReply.initiator(request)), reload.status().file());
  }

  private static void write(Json json, ReloadStatus.Attempt last) {
    json.object("last_attempt")
        .field("at", last.at())
        .field("initiator", last.initiator())
        .field("outcome", ServiceJson.word(last.outcome()))
        .field("config_hash", last.configHash())
        .array("problems");
    last.problems().forEach(json::value);
    json.endArray().endObject();
  }
}
