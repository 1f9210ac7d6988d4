package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.ReloadPreview;
import io.ebpflb.runtime.reload.ReloadResult;
import io.ebpflb.runtime.reload.ReloadStatus;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** The config in force, and what another one would change. */
final class ReloadEndpoint {

  private static final String INITIATOR = "api";

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
    ReloadResult result = reload.reload(INITIATOR);
    refuse(result.problems());
    return Reply.json(
        json -> {
          json.object()
              .field("outcome", ServiceJson.word(result.outcome()))
              .field("config_hash", result.configHash());
          DiffJson.services(json, result.diff()).endObject();
        });
  }

  Reply diff(Request request) {
    ReloadPreview preview = reload.preview(request.text());
    refuse(preview.problems());
    return Reply.json(json -> DiffJson.services(json.object(), preview.diff()).endObject());
  }

  private void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      int count = problems.size();
      throw new ProblemException(
          HttpResponseStatus.UNPROCESSABLE_ENTITY,
          count
              + (count == 1 ? " problem in " : " problems in ")
              + reload.status().file()
              + "; nothing was changed",
          Map.of(),
          problems);
    }
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
