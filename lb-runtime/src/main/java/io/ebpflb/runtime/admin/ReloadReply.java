package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.reload.ReloadResult;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is answered to an attempt to change the config. */
final class ReloadReply {

  private ReloadReply() {}

  /** Who changes it, for logs and the status of the last attempt. */
  static String initiator(Request request) {
    return "api, " + request.caller().name();
  }

  /**
   * @throws ProblemException with all problems if it was refused
   */
  static Reply of(ReloadResult result, Path file) {
    refuse(result.problems(), file);
    return Reply.json(
        json -> {
          json.object()
              .field("outcome", ServiceJson.word(result.outcome()))
              .field("config_hash", result.configHash());
          DiffJson.members(json, result.diff()).endObject();
        });
  }

  /** Throws if there are problems. */
  static void refuse(List<String> problems, Path file) {
    if (!problems.isEmpty()) {
      int count = problems.size();
      throw new ProblemException(
          HttpResponseStatus.UNPROCESSABLE_ENTITY,
          count + (count == 1 ? " problem in " : " problems in ") + file + "; nothing was changed",
          Map.of(),
          problems);
    }
  }
}
