package io.ebpflb.runtime.admin;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.FlowFilter;
import java.util.Optional;
import java.util.OptionalInt;

/** Flows of a service, of a backend, or all: listed and counted, or killed. */
final class FlowsEndpoint {

  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 10_000;

  private final Waiting operations;

  FlowsEndpoint(Waiting operations) {
    this.operations = operations;
  }

  Reply list(Request request) {
    request.onlyQuery("service", "backend", "limit");
    FlowList found = operations.flows(filter(request), limit(request));
    return Reply.json(
        json -> {
          json.object().field("matching", found.matching()).array("flows");
          found.flows().forEach(flow -> write(json, flow));
          json.endArray().endObject();
        });
  }

  Reply kill(Request request) {
    request.onlyQuery("service", "backend");
    FlowFilter filter = filter(request);
    if (filter.equals(FlowFilter.ALL)) {
      throw ProblemException.badRequest("say which flows: ?service=NAME, &backend=ADDRESS:PORT");
    }
    long killed = operations.killFlows(filter);
    return Reply.json(json -> json.object().field("killed", killed).endObject());
  }

  private static void write(Json json, FlowList.Flow flow) {
    json.object()
        .field("service", flow.backend().service())
        .field("backend", text(flow.backend().endpoint()))
        .field("protocol", ServiceJson.word(flow.protocol()))
        .field("client", text(flow.client()))
        .field("listener", text(flow.listener()))
        .field("state", ServiceJson.word(flow.state()))
        .field("idle_seconds", flow.idle().toSeconds())
        .endObject();
  }

  private static String text(Plan.Endpoint endpoint) {
    return Endpoints.format(endpoint.address(), endpoint.port());
  }

  private static FlowFilter filter(Request request) {
    return new FlowFilter(
        Optional.ofNullable(request.query().get("service")),
        Optional.ofNullable(request.query().get("backend")),
        Optional.empty(),
        OptionalInt.empty());
  }

  private static int limit(Request request) {
    String limit = request.query().getOrDefault("limit", Integer.toString(LIMIT_DEFAULT));
    if (!limit.matches("[0-9]{1,5}") || Integer.parseInt(limit) > LIMIT_MAX) {
      throw ProblemException.badRequest("limit: expected a number up to " + LIMIT_MAX);
    }
    return Integer.parseInt(limit);
  }
}
