package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.service.BalancerView;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Whether new connections should be sent here. */
final class Readiness {

  private final BalancerView balancer;
  private volatile boolean stopping;

  Readiness(BalancerView balancer) {
    this.balancer = balancer;
  }

  void stop() {
    stopping = true;
  }

  boolean isReady() {
    return !stopping && balancer.isForwarding();
  }

  /** One sentence. A plan that failed later leaves the one before in force: ready, but said. */
  String reason() {
    if (stopping) {
      return "stopping";
    }
    if (!balancer.isForwarding()) {
      return balancer
          .problem()
          .map(problem -> "not forwarding: " + problem)
          .orElse("starting: no plan is in force yet");
    }
    return balancer
        .problem()
        .map(problem -> "forwarding; the last change is not in force: " + problem)
        .orElse("forwarding");
  }

  Reply reply() {
    return isReady()
        ? Reply.text(HttpResponseStatus.OK, reason())
        : Reply.problem(HttpResponseStatus.SERVICE_UNAVAILABLE, reason())
            .with(HttpHeaderNames.RETRY_AFTER, "1");
  }
}
