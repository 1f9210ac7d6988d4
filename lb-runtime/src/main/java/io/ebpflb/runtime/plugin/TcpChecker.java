package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.Network;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes when the backend accepts a connection. */
final class TcpChecker implements HealthChecker {
  private final Network network;

  TcpChecker(Network network) {
    this.network = network;
  }

  @Override
  public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    InetSocketAddress peer = new InetSocketAddress(backend.address(), backend.port());
    return network
        .exchange(Exchange.connect(peer, timeout))
        .thenApply(reply -> CheckResult.passed("connected"));
  }
}
