package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.service.BalancerView;

/** The plugins that were found, those that cannot be used among them. */
final class PluginsEndpoint implements Endpoint {

  private final BalancerView balancer;

  PluginsEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  @Override
  public Reply reply(Request request) {
    return Reply.json(json -> write(json.object(), balancer).endObject());
  }

  /** The member {@code plugins}. */
  static Json write(Json json, BalancerView balancer) {
    json.array("plugins");
    balancer.plugins().forEach(plugin -> fields(json.object(), plugin).endObject());
    return json.endArray();
  }

  static Json fields(Json json, PluginStatus plugin) {
    json.field("id", plugin.id())
        .field("version", plugin.version())
        .field("provider", plugin.provider())
        .field("state", ServiceJson.word(plugin.state()))
        .field("reason", plugin.reason())
        .array("extensions");
    plugin.extensions().forEach(json::value);
    return json.endArray();
  }
}
