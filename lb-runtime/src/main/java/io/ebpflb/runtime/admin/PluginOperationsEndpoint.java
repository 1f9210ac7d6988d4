package io.ebpflb.runtime.admin;

import io.ebpflb.api.OperationResult;
import io.ebpflb.runtime.config.ArgumentBinder;
import io.ebpflb.runtime.config.Role;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.PluginOperation;
import io.ebpflb.runtime.service.BalancerView;
import java.util.List;

/** What plugins offer to be called. The words of a name are joined by hyphens in a path. */
final class PluginOperationsEndpoint {

  private final BalancerView balancer;

  PluginOperationsEndpoint(BalancerView balancer) {
    this.balancer = balancer;
  }

  Reply list(Request request) {
    List<PluginOperation> offered = offered(request);
    return Reply.json(
        json -> {
          json.object().array("operations");
          offered.forEach(each -> write(json, each));
          json.endArray().endObject();
        });
  }

  Reply run(Request request) {
    List<PluginOperation> offered = offered(request);
    String wanted = request.parameter("operation");
    PluginOperation operation =
        offered.stream()
            .filter(each -> pathName(each).equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    Lookup.missing(
                        "operation of plugin \"" + request.parameter("plugin") + "\":",
                        wanted,
                        offered.stream().map(PluginOperationsEndpoint::pathName).toList()));
    Access.require(request.caller(), role(operation));
    Record arguments = arguments(operation, request);
    OperationResult result = Waiting.await(operation.run().apply(arguments));
    return Reply.json(json -> write(json, result));
  }

  private List<PluginOperation> offered(Request request) {
    String plugin = request.parameter("plugin");
    List<String> plugins = balancer.plugins().stream().map(PluginStatus::id).toList();
    if (!plugins.contains(plugin)) {
      throw Lookup.missing("plugin", plugin, plugins);
    }
    return balancer.pluginOperations().stream()
        .filter(each -> each.plugin().equals(plugin))
        .toList();
  }

  private static Record arguments(PluginOperation operation, Request request) {
    try {
      return ArgumentBinder.bind(operation.args(), request.jsonOrNone().texts());
    } catch (IllegalArgumentException refused) {
      throw ProblemException.badRequest(refused.getMessage());
    }
  }

  private static String pathName(PluginOperation operation) {
    return operation.name().replace(' ', '-');
  }

  private static Role role(PluginOperation operation) {
    return switch (operation.role()) {
      case VIEWER -> Role.VIEWER;
      case OPERATOR -> Role.OPERATOR;
    };
  }

  private static void write(Json json, PluginOperation operation) {
    json.object()
        .field("name", operation.name())
        .field("path", pathName(operation))
        .field("role", ServiceJson.word(role(operation)))
        .array("parameters");
    ArgumentBinder.parameters(operation.args()).forEach(each -> write(json, each));
    json.endArray().endObject();
  }

  private static void write(Json json, ArgumentBinder.Parameter parameter) {
    json.object()
        .field("key", parameter.key())
        .field("expected", parameter.expected())
        .field("required", parameter.isRequired())
        .field("doc", parameter.doc())
        .endObject();
  }

  private static void write(Json json, OperationResult result) {
    json.object().field("message", result.message()).array("columns");
    result.columns().forEach(json::value);
    json.endArray().array("rows");
    for (List<Object> row : result.rows()) {
      json.object();
      for (int i = 0; i < row.size(); i++) {
        json.scalar(result.columns().get(i), row.get(i));
      }
      json.endObject();
    }
    json.endArray().endObject();
  }
}
