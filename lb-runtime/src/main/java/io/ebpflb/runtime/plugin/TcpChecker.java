package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Passes when the backend accepts a connection. */
final class TcpChecker implements HealthChecker {
  record Settings(
      @Doc("local address to connect from; without it the host's choice")
          Optional<InetAddress> source) {}

  private final Network network;
  private final Settings settings;

  TcpChecker(Network network, Settings settings) {
    this.network = network;
    this.settings = settings;
  }

  @Override
  public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    InetSocketAddress peer = new InetSocketAddress(backend.address(), backend.port());
    Exchange exchange = Exchange.connect(peer, timeout);
    return network
        .exchange(settings.source().map(exchange::withSource).orElse(exchange))
        .thenApply(reply -> CheckResult.passed("connected"));
  }
}
