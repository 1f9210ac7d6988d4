package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.WrittenConfig;
import io.ebpflb.runtime.reload.FileChangedException;
import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.ReloadPreview;
import io.ebpflb.runtime.reload.ReloadStatus;
import io.ebpflb.runtime.reload.UnsavedChanges;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ForcedHealth;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The config in force as a whole, and how it differs from its file. */
final class ConfigEndpoint {

  private final Reload reload;
  private final BalancerView balancer;

  ConfigEndpoint(Reload reload, BalancerView balancer) {
    this.reload = reload;
    this.balancer = balancer;
  }

  /** The config in force, or every reason why it cannot be shown. */
  static WrittenConfig written(Reload reload) {
    try {
      return reload.written();
    } catch (ConfigException unusable) {
      ReloadReply.refuse(unusable.problems(), reload.status().file());
      throw new IllegalStateException(unusable);
    }
  }

  Reply show(Request request) {
    byte[] text = written(reload).shown().getBytes(StandardCharsets.UTF_8);
    return Reply.bytes(Reply.TOML, text).tagged();
  }

  Reply replace(Request request) {
    return ReloadReply.of(
        reload.apply(request.text(), ReloadReply.initiator(request)), reload.status().file());
  }

  Reply diff(Request request) {
    request.onlyQuery("file");
    Path file = file(request);
    ReloadPreview preview = reload.preview(file, request.text());
    ReloadReply.refuse(preview.problems(), file);
    return Reply.json(json -> DiffJson.members(json.object(), preview.diff()).endObject());
  }

  /** What problems shall name: the sender's file, which need not be here. */
  private Path file(Request request) {
    try {
      String name = request.query().getOrDefault("file", "");
      return name.isEmpty() ? reload.status().file() : Path.of(name);
    } catch (InvalidPathException other) {
      throw ProblemException.badRequest("file: not the name of a file");
    }
  }

  Reply changes(Request request) {
    UnsavedChanges unsaved = reload.unsaved();
    return Reply.json(
        json -> {
          json.object()
              .field("file", reload.status().file().toString())
              .field("saved", unsaved.isSaved())
              .array("problems");
          unsaved.problems().forEach(json::value);
          json.endArray();
          DiffJson.members(json, unsaved.diff()).array("overrides");
          for (ServiceSnapshot service : balancer.services()) {
            service.backends().forEach(each -> override(json, service, each));
          }
          json.endArray().endObject();
        });
  }

  private static void override(Json json, ServiceSnapshot service, BackendSnapshot backend) {
    if (backend.adminState() != AdminState.READY
        || backend.forcedHealth() != ForcedHealth.AUTO
        || backend.weightOverride().isPresent()) {
      json.object()
          .field("service", service.name())
          .field("backend", backend.name())
          .field("admin_state", ServiceJson.word(backend.adminState()))
          .field("forced_health", ServiceJson.word(backend.forcedHealth()))
          .number("weight_override", backend.weightOverride())
          .endObject();
    }
  }

  Reply save(Request request) throws IOException {
    JsonFields body = request.jsonOrNone().only("overwrite");
    try {
      if (body.isTrue("overwrite")) {
        reload.overwrite(ReloadReply.initiator(request));
      } else {
        reload.save(ReloadReply.initiator(request));
      }
    } catch (FileChangedException changed) {
      throw new ProblemException(HttpResponseStatus.CONFLICT, changed.getMessage());
    } catch (IOException failed) {
      throw new ProblemException(
          HttpResponseStatus.INTERNAL_SERVER_ERROR, "the config was not saved: " + failed);
    }
    ReloadStatus status = reload.status();
    return Reply.json(
        json ->
            json.object()
                .field("file", status.file().toString())
                .field("config_hash", status.configHash())
                .endObject());
  }
}
