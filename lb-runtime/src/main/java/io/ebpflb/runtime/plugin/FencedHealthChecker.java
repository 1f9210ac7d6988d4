package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A health checker that always answers, in time. */
final class FencedHealthChecker implements HealthChecker {
  private final PluginInstance<HealthChecker> instance;
  private final Set<Backend> inFlight = ConcurrentHashMap.newKeySet();

  FencedHealthChecker(PluginInstance<HealthChecker> instance) {
    this.instance = instance;
  }

  @Override
  public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    if (instance.isClosed()) {
      return CompletableFuture.failedFuture(instance.refusal());
    }
    if (!inFlight.add(backend)) {
      return CompletableFuture.completedFuture(
          CheckResult.failed("the check before has not ended"));
    }
    return instance
        .fence()
        .follow(
            "check of " + backend.endpoint(),
            timeout,
            () -> instance.made().check(backend, timeout),
            FencedHealthChecker::copy,
            instance.log(),
            () -> inFlight.remove(backend))
        .exceptionally(FencedHealthChecker::failed);
  }

  private static CheckResult failed(Throwable failure) {
    if (failure instanceof ExtensionException e && !e.wasAsked()) {
      throw e;
    }
    return CheckResult.failed(failure.getMessage());
  }

  private static CheckResult copy(CheckResult result) {
    String detail = FailureText.clip(result.detail());
    return result.isPassed() ? CheckResult.passed(detail) : CheckResult.failed(detail);
  }

  @Override
  public void close() {
    instance.close();
  }
}
