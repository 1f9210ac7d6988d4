package ${package};

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.Network;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Connects and compares how the answer begins. When and how often is the balancer's affair. */
final class BannerChecker implements HealthChecker {
  private static final byte[] NOTHING = {};

  private final Network network;
  private final String expect;

  BannerChecker(Network network, BannerSettings settings) {
    this.network = network;
    this.expect = settings.expect();
  }

  @Override
  public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    Exchange exchange =
        Exchange.connect(new InetSocketAddress(backend.address(), backend.port()), timeout)
            .withRequest(NOTHING, bytes -> text(bytes).length() >= expect.length());
    return network.exchange(exchange).thenApply(reply -> judge(text(reply.bytes())));
  }

  private CheckResult judge(String answer) {
    return answer.startsWith(expect)
        ? CheckResult.passed("answers as expected")
        : CheckResult.failed("answers otherwise than with the expected text");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
