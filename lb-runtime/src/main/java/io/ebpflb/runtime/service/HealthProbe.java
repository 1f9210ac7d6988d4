package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import io.ebpflb.runtime.service.ServiceChecks.Check;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
  private Check check;
  private final HealthCounter counter;
  private Loop.Timer timer = Loop.Timer.NONE;
  private CompletableFuture<CheckResult> running;
  private boolean stopped;

  HealthProbe(HealthMonitor monitor, Loop loop, BackendKey key, Check check) {
    this.monitor = monitor;
    this.loop = loop;
    this.key = key;
    this.backend = Backend.of(key.service(), key.endpoint().address(), key.endpoint().port());
    this.check = check;
    this.counter = new HealthCounter(settings().rise(), settings().fall());
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
    return settings().recoveryStep();
  }

  private HealthCheck settings() {
    return check.settings();
  }

  /** The next check comes now; one that runs is it. */
  void hurry() {
    if (running == null) {
      timer.cancel();
      monitor.due(this);
    }
  }

  boolean uses(Check wanted) {
    return check.equals(wanted);
  }

  /** Checks otherwise from now on; the verdict stays until the new checks say otherwise. */
  void use(Check other) {
    abandon();
    check = other;
    counter.thresholds(settings().rise(), settings().fall());
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
    Duration timeout = settings().timeout();
    CompletableFuture<CheckResult> answer = start(timeout);
    running = answer;
    timer =
        loop.after(
            timeout.plus(TIMEOUT_GRACE),
            () -> {
              finish(answer, CheckResult.failed("no answer within " + text(timeout)), timeout);
              answer.cancel(true);
            });
    answer.whenComplete(
        (result, failure) -> {
          Duration latency = Duration.ofNanos(loop.nanoTime() - startedNanos);
          loop.execute(
              () -> {
                if (wasAsked(failure)) {
                  finish(answer, resultOf(result, failure), latency);
                } else {
                  skip(answer);
                }
              });
        });
  }

  private static boolean wasAsked(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return !(cause instanceof ExtensionException refusal) || refusal.wasAsked();
  }

  /** Nobody looked at the backend, so the verdict stays. */
  private void skip(CompletableFuture<CheckResult> answer) {
    if (answer != running) {
      return;
    }
    timer.cancel();
    monitor.skipped(this, counter.snapshot());
    end();
    wait(monitor.jittered(settings().interval()));
  }

  private CompletableFuture<CheckResult> start(Duration timeout) {
    try {
      CompletableFuture<CheckResult> answer = check.checker().check(asked(), timeout);
      return answer != null ? answer : CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Who answers the check, which may be another port of the backend's host. */
  private Backend asked() {
    return Backend.of(key.service(), backend.address(), settings().port().orElse(backend.port()));
  }

  private static CheckResult resultOf(CheckResult result, Throwable failure) {
    if (failure != null) {
      return CheckResult.failed(String.valueOf(failure.getMessage()));
    }
    return result != null ? result : CheckResult.failed("the check gave no result");
  }

  /** The first end of a check counts; a late one finds another check running, or none. */
  private void finish(CompletableFuture<CheckResult> answer, CheckResult result, Duration latency) {
    if (answer != running) {
      return;
    }
    timer.cancel();
    HealthSnapshot before = counter.snapshot();
    counter.count(result, latency, loop.now());
    log(before.state(), counter.snapshot());
    monitor.report(this, backend, result, before, counter.snapshot());
    end();
    wait(monitor.jittered(settings().interval()));
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
