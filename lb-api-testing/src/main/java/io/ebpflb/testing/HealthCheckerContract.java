package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.PluginContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for every health checker that works through {@link PluginContext#network()}. A test
 * class extends it and says how to make the checker and what a healthy backend answers.
 */
public abstract class HealthCheckerContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private final TestingContext context = new TestingContext();
  private final Backend first = Backend.of("web", InetAddress.getLoopbackAddress(), 8080);
  private final Backend second = Backend.of("web", InetAddress.getLoopbackAddress(), 8081);
  private HealthChecker checker;

  protected abstract HealthChecker checker(PluginContext context);

  /** The answer of a healthy backend; empty for a checker that only connects. */
  protected abstract String healthyReply();

  @BeforeEach
  void makeChecker() {
    checker = checker(context);
  }

  private ScriptedNetwork network() {
    return context.network();
  }

  private CompletableFuture<CheckResult> check(Backend backend) {
    return assertTimeoutPreemptively(AT_ONCE, () -> checker.check(backend, TIMEOUT));
  }

  @Test
  void passesWhenTheBackendAnswersAsItShould() {
    network().answer(exchange -> exchange.reply(healthyReply()));

    CheckResult result = check(first).join();

    assertThat(result.isPassed()).isTrue();
    assertThat(result.detail()).isNotBlank();
  }

  @Test
  void asksTheBackendItWasGivenWithinTheTimeout() {
    check(first);

    assertThat(network().started()).hasSize(1);
    assertThat(network().started().get(0).exchange().peer().getPort()).isEqualTo(first.port());
    assertThat(network().started().get(0).exchange().deadline()).isLessThanOrEqualTo(TIMEOUT);
  }

  @Test
  void returnsAtOnceWhileTheBackendIsSilent() {
    assertThat(check(first)).isNotDone();
  }

  @Test
  void failsWithTheReasonWhenTheNetworkFails() {
    network().answer(exchange -> exchange.fail("connection refused"));

    assertThat(reason(check(first))).contains("connection refused");
  }

  @Test
  void endsItsExchangeWhenItIsCancelled() {
    CompletableFuture<CheckResult> check = check(first);

    check.cancel(true);

    assertThat(network().started()).allMatch(ScriptedNetwork.Started::isCancelled);
  }

  @Test
  void neverPassesWhenTheNetworkThrows() {
    network()
        .answer(
            exchange -> {
              throw new IllegalStateException("closed");
            });
    CompletableFuture<CheckResult> check;
    try {
      check = check(first);
    } catch (IllegalStateException e) {
      return;
    }
    assertThat(reason(check)).isNotBlank();
  }

  @Test
  void keepsBackendsApart() {
    CompletableFuture<CheckResult> one = check(first);
    CompletableFuture<CheckResult> other = check(second);

    network().started().get(1).reply(healthyReply());

    assertThat(other.join().isPassed()).isTrue();
    assertThat(one).isNotDone();
  }

  @Test
  void mayBeClosedTwice() {
    check(first);

    assertThatCode(
            () -> {
              checker.close();
              checker.close();
            })
        .doesNotThrowAnyException();
  }

  private static String reason(CompletableFuture<CheckResult> check) {
    try {
      CheckResult result = check.join();
      assertThat(result.isPassed()).isFalse();
      return result.detail();
    } catch (CompletionException e) {
      return e.getCause().getMessage();
    }
  }
}
