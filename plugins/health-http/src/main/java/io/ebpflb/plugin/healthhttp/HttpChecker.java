package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.Network;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks the backend for a page over a new connection and judges the answer. */
final class HttpChecker implements HealthChecker {
  private final Network network;
  private final HttpSettings settings;
  private final Optional<Exchange.Tls> tls;
  private final Expectation expectation;

  HttpChecker(Network network, HttpSettings settings, Optional<Exchange.Tls> tls) {
    this.network = network;
    this.settings = settings;
    this.tls = tls;
    this.expectation = new Expectation(settings);
  }

  @Override
  public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    InetSocketAddress peer = new InetSocketAddress(backend.address(), backend.port());
    Exchange connect = Exchange.connect(peer, timeout);
    Exchange exchange =
        settings
            .source()
            .map(connect::withSource)
            .orElse(connect)
            .withRequest(request(backend), expectation::isDecided)
            .withReplyBytesMax(settings.replyBytesMax());
    return network
        .exchange(tls.map(exchange::withTls).orElse(exchange))
        .thenApply(reply -> expectation.judge(reply.bytes()));
  }

  private byte[] request(Backend backend) {
    String text =
        settings.method()
            + " "
            + settings.path()
            + " HTTP/1.1\r\nHost: "
            + settings.host().orElse(backend.endpoint())
            + "\r\nUser-Agent: ebpf-lb-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
