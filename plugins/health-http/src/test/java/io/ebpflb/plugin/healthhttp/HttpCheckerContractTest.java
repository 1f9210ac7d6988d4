package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.PluginContext;
import io.ebpflb.testing.HealthCheckerContract;
import java.util.Optional;

class HttpCheckerContractTest extends HealthCheckerContract {

  @Override
  protected HealthChecker checker(PluginContext context) {
    return new HttpChecker(
        context.network(),
        new HttpSettings(
            "GET", "/", Optional.empty(), "200-399", Optional.empty(), 65536, Optional.empty()),
        Optional.empty());
  }

  @Override
  protected String healthyReply() {
    return "HTTP/1.1 200 OK\r\n\r\n";
  }
}
