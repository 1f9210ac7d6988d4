package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.metrics.CheckLatencies;
import io.ebpflb.runtime.metrics.MetricsText;
import io.ebpflb.runtime.service.BalancerView;
import java.io.IOException;

/** The metrics, whose library is loaded by the first request and not at start. */
final class MetricsEndpoint implements Endpoint {

  private final BalancerView balancer;
  private final CheckLatencies latencies;
  private MetricsText metrics;

  MetricsEndpoint(BalancerView balancer, CheckLatencies latencies) {
    this.balancer = balancer;
    this.latencies = latencies;
  }

  @Override
  public Reply reply(Request request) throws IOException {
    Body body = new Body();
    String contentType = metrics().write(request.accept(), body);
    return Reply.of(contentType, body);
  }

  private synchronized MetricsText metrics() {
    if (metrics == null) {
      metrics = new MetricsText(balancer, latencies);
    }
    return metrics;
  }
}
