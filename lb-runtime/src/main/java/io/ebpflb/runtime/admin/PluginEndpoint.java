package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.SettingDoc;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.PluginRefusal;
import io.ebpflb.runtime.plugin.Plugins;
import io.ebpflb.runtime.plugin.Plugins.PluginInfo;
import io.ebpflb.runtime.service.BalancerView;
import io.netty.handler.codec.http.HttpResponseStatus;

/** One plugin that is loaded: how it is, what its config may say, and whether it is in use. */
final class PluginEndpoint {
  private static final String ENABLED = "enabled";
  private static final String DISABLED = "disabled";

  private final BalancerView balancer;
  private final Plugins plugins;

  /** Something that the plugin, or what it would break, may refuse. */
  private interface Change {
    void run() throws PluginRefusal;
  }

  PluginEndpoint(BalancerView balancer, Plugins plugins) {
    this.balancer = balancer;
    this.plugins = plugins;
  }

  Reply one(Request request) {
    PluginInfo info = find(request);
    return Reply.json(json -> write(json, info));
  }

  Reply state(Request request) {
    String state =
        find(request).status().state() == PluginStatus.State.DISABLED ? DISABLED : ENABLED;
    return Reply.json(json -> json.object().field("state", state).endObject()).tagged();
  }

  Reply setState(Request request) {
    JsonFields body = request.json().only("state", "force");
    String state = body.text("state");
    boolean isForced = body.isTrue("force");
    String id = find(request).status().id();
    switch (state) {
      case ENABLED -> change(() -> plugins.enable(id));
      case DISABLED -> change(() -> plugins.disable(id, isForced));
      default ->
          throw ProblemException.badRequest(
              "state: expected one of: " + ENABLED + ", " + DISABLED + "; not " + state);
    }
    return one(request);
  }

  /** Of one that could not be loaded, too: its JAR may be another one now. */
  Reply reload(Request request) {
    change(() -> plugins.reload(request.parameter("plugin")));
    return one(request);
  }

  private static void change(Change change) {
    try {
      change.run();
    } catch (PluginRefusal refused) {
      throw new ProblemException(HttpResponseStatus.CONFLICT, refused.getMessage());
    }
  }

  private PluginInfo find(Request request) {
    String id = request.parameter("plugin");
    return plugins
        .find(id)
        .orElseThrow(
            () ->
                Lookup.missing(
                    "plugin", id, balancer.plugins().stream().map(PluginStatus::id).toList()));
  }

  private static void write(Json json, PluginInfo info) {
    PluginsEndpoint.fields(json.object(), info.status())
        .field("file", info.fileName())
        .field("requires", info.requires())
        .field("failures", info.failures())
        .array("services");
    info.services().forEach(json::value);
    json.endArray().array("settings");
    info.settings()
        .forEach(
            (place, type) -> SettingDoc.of(type).forEach(setting -> write(json, place, setting)));
    json.endArray().endObject();
  }

  private static void write(Json json, String place, SettingDoc setting) {
    json.object()
        .field("of", place)
        .field("key", setting.key())
        .field("expected", setting.expected())
        .field("default", setting.fallback().orElse(""))
        .field("required", setting.isRequired())
        .field("secret", setting.isSecret())
        .field("doc", setting.doc())
        .endObject();
  }
}
