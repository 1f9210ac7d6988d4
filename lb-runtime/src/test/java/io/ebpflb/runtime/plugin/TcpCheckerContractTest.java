package io.ebpflb.runtime.plugin;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.PluginContext;
import io.ebpflb.testing.HealthCheckerContract;
import java.util.Optional;

class TcpCheckerContractTest extends HealthCheckerContract {

  @Override
  protected HealthChecker checker(PluginContext context) {
    return new TcpChecker(context.network(), new TcpChecker.Settings(Optional.empty()));
  }

  @Override
  protected String healthyReply() {
    return "";
  }
}
