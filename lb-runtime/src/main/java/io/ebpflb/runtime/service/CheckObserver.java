package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import java.time.Duration;

/** Hears of each finished health check. Called on the scheduler's thread: quick, no blocking. */
@FunctionalInterface
public interface CheckObserver {
  void checked(Backend backend, CheckResult result, Duration latency);
}
