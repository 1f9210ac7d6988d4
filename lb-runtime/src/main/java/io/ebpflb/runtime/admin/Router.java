package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.admin.Route.Payload;
import io.ebpflb.runtime.config.Role;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which route answers a request, and what every route asks of it. */
final class Router {

  private static final Logger LOG = LoggerFactory.getLogger("admin");

  private volatile List<Route> routes;
  private final AuditLog audit;
  private final AtomicBoolean failing = new AtomicBoolean();

  Router(List<Route> routes, AuditLog audit) {
    this.routes = List.copyOf(routes);
    this.audit = audit;
  }

  /** A route with the values of its path's parameters. */
  record Match(Route route, Map<String, String> parameters) {}

  List<Route> routes() {
    return routes;
  }

  /** A request that has found its route keeps it. */
  void route(List<Route> others) {
    routes = List.copyOf(others);
  }

  /**
   * The route for a request, whose body need not be there yet.
   *
   * @throws ProblemException if there is none, or none for this caller or kind of body
   */
  Match find(Request request, boolean hasBody) {
    Match match = match(request);
    Route route = match.route();
    require(request, route.role());
    if (hasBody && route.body() == Payload.NONE) {
      throw new ProblemException(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "a request has no body here");
    }
    String contentType = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    if (hasBody && !mediaType(contentType).equalsIgnoreCase(route.body().contentType())) {
      throw new ProblemException(
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "the body must be of Content-Type: " + route.body().contentType());
    }
    if (route.matchNeeded() && request.findIfMatch().isEmpty()) {
      throw new ProblemException(
          HttpResponseStatus.PRECONDITION_REQUIRED,
          "say with If-Match which state you change: the ETag of a GET, or * for any");
    }
    return match;
  }

  private void require(Request request, Role role) {
    try {
      Access.require(request.caller(), role);
    } catch (ProblemException refused) {
      audit.refused(request.caller(), request.method(), request.target(), refused.status().code());
      throw refused;
    }
  }

  private Match match(Request request) {
    TreeSet<String> methods = new TreeSet<>();
    String wanted = request.isHead() ? "GET" : request.method();
    for (Route route : routes) {
      Optional<Map<String, String>> parameters = route.path().match(request.path());
      if (parameters.isPresent()) {
        methods.add(route.method());
        if (route.method().equals(wanted)) {
          return new Match(route, parameters.get());
        }
      }
    }
    if (methods.isEmpty()) {
      throw ProblemException.notFound(
          "there is nothing here; GET /api/v1/openapi.json lists what there is");
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    methods.add("OPTIONS");
    String allowed = String.join(", ", methods);
    if (request.method().equals("OPTIONS")) {
      return new Match(
          Route.probe(
              request.path(),
              any ->
                  Reply.text(HttpResponseStatus.OK, allowed).with(HttpHeaderNames.ALLOW, allowed)),
          Map.of());
    }
    throw ProblemException.methodNotAllowed(request.method(), allowed);
  }

  private static String mediaType(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip();
  }

  /** The response of the route that was found; takes its time. Never throws. */
  Reply reply(Match match, Request request) {
    Reply reply;
    String error = "";
    try {
      checkPrecondition(match, request);
      reply = match.route().endpoint().reply(request);
      failing.set(false);
    } catch (ProblemException refused) {
      reply = refused.reply();
      error = refused.getMessage();
    } catch (Exception failed) {
      if (!failing.getAndSet(true)) {
        LOG.error("{} {} could not be answered", request.method(), request.path(), failed);
      }
      error = "the balancer's log says what went wrong";
      reply =
          Reply.problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, error)
              .with(HttpHeaderNames.RETRY_AFTER, "1");
    }
    if (!match.route().reads()) {
      audit.changed(request, match.route(), reply.status().code(), error);
    }
    return reply;
  }

  /** A change is made to the state that a GET of the same path shows. */
  private void checkPrecondition(Match match, Request request) throws Exception {
    Optional<String> ifMatch = request.findIfMatch();
    if (match.route().reads() || ifMatch.isEmpty()) {
      return;
    }
    Optional<String> tag = Optional.empty();
    for (Route route : routes) {
      if (route.reads() && route.path().toString().equals(match.route().path().toString())) {
        tag = route.endpoint().reply(request).findTag();
      }
    }
    if (tag.isEmpty() || !EntityTag.matches(ifMatch.get(), tag.get())) {
      throw new ProblemException(
          HttpResponseStatus.PRECONDITION_FAILED,
          "it has changed since you read it; its ETag is " + tag.orElse("none"));
    }
  }
}
