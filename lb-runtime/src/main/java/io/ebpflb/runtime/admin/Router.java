package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.metrics.CheckLatencies;
import io.ebpflb.runtime.service.BalancerView;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path is answered by what. */
final class Router {

  private static final Logger LOG = LoggerFactory.getLogger("admin");

  private final Readiness readiness;
  private final Map<String, Endpoint> endpoints;
  private final AtomicBoolean failing = new AtomicBoolean();

  private Router(Readiness readiness, Map<String, Endpoint> endpoints) {
    this.readiness = readiness;
    this.endpoints = Collections.unmodifiableMap(endpoints);
  }

  static Router of(
      BalancerView balancer,
      Readiness readiness,
      CheckLatencies latencies,
      String metricsPath,
      Clock clock) {
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    endpoints.put(metricsPath, new MetricsEndpoint(balancer, latencies));
    endpoints.put("/api/v1/status", new StatusEndpoint(balancer, readiness, clock));
    endpoints.put("/api/v1/services", new ServicesEndpoint(balancer));
    return new Router(readiness, endpoints);
  }

  /** What can be answered at once, without reading the balancer's tables. */
  Optional<Reply> findImmediate(Request request) {
    boolean isProbe = request.path().equals("/live") || request.path().equals("/ready");
    if (!isProbe && !endpoints.containsKey(request.path())) {
      String known = String.join(", ", endpoints.keySet());
      return Optional.of(
          Reply.problem(
              HttpResponseStatus.NOT_FOUND,
              "there is nothing here; known: /live, /ready, " + known));
    }
    if (!request.reads()) {
      return Optional.of(Reply.methodNotAllowed(request.method()));
    }
    if (!isProbe) {
      return Optional.empty();
    }
    return Optional.of(
        request.path().equals("/live")
            ? Reply.text(HttpResponseStatus.OK, "live")
            : readiness.reply());
  }

  /** Everything else; takes its time. Never throws. */
  Reply reply(Request request) {
    try {
      Reply reply = endpoints.get(request.path()).reply(request);
      failing.set(false);
      return reply;
    } catch (Exception failed) {
      if (!failing.getAndSet(true)) {
        LOG.error("{} could not be answered", request.path(), failed);
      }
      return Reply.problem(
              HttpResponseStatus.INTERNAL_SERVER_ERROR, "the balancer's log says what went wrong")
          .with(HttpHeaderNames.RETRY_AFTER, "1");
    }
  }
}
