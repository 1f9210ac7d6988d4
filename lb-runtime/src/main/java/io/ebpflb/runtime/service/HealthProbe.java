package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checks of one backend, one at a time. Lives on the scheduler's loop. */
final class HealthProbe {
  private static final Logger LOG = LoggerFactory.getLogger("health");

  /** The plugin host ends a check at its timeout and says why; this only backs it up. */
  private static final Duration TIMEOUT_GRACE = Duration.ofMillis(200);

  private final HealthMonitor monitor;
  private final Loop loop;
  private final BackendKey key;
  private final Backend backend;
  private HealthCheck settings;
  private HealthChecker checker;
  private final HealthCounter counter;
  private Loop.Timer timer = Loop.Timer.NONE;
  private CompletableFuture<CheckResult> running;
  private boolean stopped;

  HealthProbe(
      HealthMonitor monitor,
      Loop loop,
      BackendKey key,
      HealthCheck settings,
      HealthChecker checker) {
    this.monitor = monitor;
    this.loop = loop;
    this.key = key;
    this.backend = Backend.of(key.service(), key.endpoint().address(), key.endpoint().port());
    this.settings = settings;
    this.checker = checker;
    this.counter = new HealthCounter(settings.rise(), settings.fall());
  }

  BackendKey key() {
    return key;
  }

  /**
   * @param part of the span to wait for, so that many backends spread over it, 0 to 1
   */
  void startWithin(Duration span, double part) {
    wait(Duration.ofNanos((long) (span.toNanos() * part)));
  }

  Duration recoveryStep() {
    return settings.recoveryStep();
  }

  /** The next check comes now; one that runs is it. */
  void hurry() {
    if (running == null) {
      timer.cancel();
      monitor.due(this);
    }
  }

  boolean uses(HealthCheck wanted, HealthChecker by) {
    return settings.equals(wanted) && checker == by;
  }

  /** Checks otherwise from now on; the verdict stays until the new checks say otherwise. */
  void use(HealthCheck newSettings, HealthChecker newChecker) {
    abandon();
    settings = newSettings;
    checker = newChecker;
    counter.thresholds(settings.rise(), settings.fall());
  }

  void stop() {
    stopped = true;
    abandon();
  }

  private void abandon() {
    timer.cancel();
    if (running != null) {
      running.cancel(true);
      end();
    }
  }

  void run() {
    long startedNanos = loop.nanoTime();
    CompletableFuture<CheckResult> check = start();
    running = check;
    timer =
        loop.after(
            settings.timeout().plus(TIMEOUT_GRACE),
            () -> {
              finish(
                  check,
                  CheckResult.failed("no answer within " + text(settings.timeout())),
                  settings.timeout());
              check.cancel(true);
            });
    check.whenComplete(
        (result, failure) -> {
          Duration latency = Duration.ofNanos(loop.nanoTime() - startedNanos);
          loop.execute(() -> finish(check, resultOf(result, failure), latency));
        });
  }

  private CompletableFuture<CheckResult> start() {
    try {
      CompletableFuture<CheckResult> check = checker.check(backend, settings.timeout());
      return check != null ? check : CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CheckResult resultOf(CheckResult result, Throwable failure) {
    if (failure != null) {
      return CheckResult.failed(String.valueOf(failure.getMessage()));
    }
    return result != null ? result : CheckResult.failed("the check gave no result");
  }

  /** The first end of a check counts; a late one finds another check running, or none. */
  private void finish(CompletableFuture<CheckResult> check, CheckResult result, Duration latency) {
    if (check != running) {
      return;
    }
    timer.cancel();
    HealthSnapshot before = counter.snapshot();
    counter.count(result, latency, loop.now());
    log(before.state(), counter.snapshot());
    monitor.report(this, backend, result, before, counter.snapshot());
    end();
    wait(monitor.jittered(settings.interval()));
  }

  private void end() {
    running = null;
    monitor.ended();
  }

  private void wait(Duration delay) {
    if (!stopped) {
      timer = loop.after(delay, () -> monitor.due(this));
    }
  }

  private void log(State before, HealthSnapshot after) {
    if (before == after.state()) {
      return;
    }
    if (after.state() == State.DOWN) {
      LOG.warn(
          "service \"{}\": backend {} is down after {} failed checks: {}",
          key.service(),
          backend.endpoint(),
          counter.inARow(),
          after.detail());
    } else if (before == State.DOWN) {
      LOG.info(
          "service \"{}\": backend {} is up again: {}",
          key.service(),
          backend.endpoint(),
          after.detail());
    } else {
      LOG.debug(
          "service \"{}\": backend {} is up: {}",
          key.service(),
          backend.endpoint(),
          after.detail());
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() % TimeUnit.SECONDS.toMillis(1) == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
