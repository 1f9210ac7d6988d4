package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.WrittenConfig;
import io.ebpflb.runtime.reload.Reload;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Source routes of a service of the config in force, each named by its prefix. */
final class SourceRouteEndpoint {

  private static final String SOURCE = "source";

  private final Reload reload;

  SourceRouteEndpoint(Reload reload) {
    this.reload = reload;
  }

  Reply all(Request request) {
    List<Map<String, Object>> routes = routes(ConfigEndpoint.written(reload), request);
    return Reply.json(
            json -> {
              json.object().array("source_routes");
              routes.forEach(json::tree);
              json.endArray().endObject();
            })
        .tagged();
  }

  private static List<Map<String, Object>> routes(WrittenConfig config, Request request) {
    return WrittenConfig.sourceRoutes(ServiceConfigEndpoint.find(config, request));
  }

  Reply one(Request request) {
    List<Map<String, Object>> routes = routes(ConfigEndpoint.written(reload), request);
    Map<String, Object> route =
        routes.get(
            find(routes, request.parameter(SOURCE)).orElseThrow(() -> missing(routes, request)));
    return Reply.json(json -> json.tree(route)).tagged();
  }

  private static OptionalInt find(List<Map<String, Object>> routes, String source) {
    return IntStream.range(0, routes.size())
        .filter(i -> WrittenConfig.isSamePrefix(routes.get(i).get(SOURCE).toString(), source))
        .findFirst();
  }

  private static ProblemException missing(List<Map<String, Object>> routes, Request request) {
    return Lookup.missing(
        "source route of service \"" + request.parameter("service") + "\":",
        request.parameter(SOURCE),
        routes.stream().map(each -> each.get(SOURCE).toString()).toList());
  }

  Reply add(Request request) {
    Map<String, Object> route = request.jsonTree();
    if (!(route.get(SOURCE) instanceof String source)) {
      throw ProblemException.badRequest("source: expected a string");
    }
    Reply reply =
        edit(
            request,
            routes -> {
              if (find(routes, source).isPresent()) {
                throw new ProblemException(
                    HttpResponseStatus.CONFLICT, "there is a route for " + source + " already");
              }
              routes.add(route);
            });
    return reply.created(request.path() + "/" + source.replace("/", "%2F"));
  }

  Reply put(Request request) {
    String source = request.parameter(SOURCE);
    Map<String, Object> route = ServiceConfigEndpoint.named(SOURCE, source, request.jsonTree());
    AtomicBoolean isNew = new AtomicBoolean();
    Reply reply =
        edit(
            request,
            routes -> {
              OptionalInt old = find(routes, source);
              isNew.set(old.isEmpty());
              if (old.isPresent()) {
                routes.set(old.getAsInt(), route);
              } else {
                routes.add(route);
              }
            });
    return isNew.get() ? reply.created(request.path()) : reply;
  }

  Reply remove(Request request) {
    return edit(
        request,
        routes ->
            routes.remove(
                find(routes, request.parameter(SOURCE))
                    .orElseThrow(() -> missing(routes, request))));
  }

  /** Changes a list of routes. */
  private interface Change {
    void to(List<Map<String, Object>> routes);
  }

  private Reply edit(Request request, Change change) {
    return ServiceConfigEndpoint.edit(
        reload,
        request,
        config -> {
          ServiceConfigEndpoint.find(config, request);
          return config.withSourceRoutes(
              request.parameter("service"),
              routes -> {
                change.to(routes);
                return routes;
              });
        });
  }
}
