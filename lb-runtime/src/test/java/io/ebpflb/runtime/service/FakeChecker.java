package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Passes every backend but those said to be broken; can hold answers back. */
final class FakeChecker implements HealthChecker {
  final Set<String> broken = ConcurrentHashMap.newKeySet();
  final List<String> checked = new ArrayList<>();
  final List<CompletableFuture<CheckResult>> held = new ArrayList<>();
  volatile boolean holds;

  @Override
  public synchronized CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
    checked.add(backend.endpoint());
    if (holds) {
      CompletableFuture<CheckResult> answer = new CompletableFuture<>();
      held.add(answer);
      return answer;
    }
    return CompletableFuture.completedFuture(
        broken.contains(backend.endpoint())
            ? CheckResult.failed("connection refused")
            : CheckResult.passed("connected"));
  }

  synchronized int checks() {
    return checked.size();
  }
}
