package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.ServiceChecks.Check;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Checks each backend of each service on its own schedule and keeps the verdicts. Everything but
 * reading happens on the scheduler's loop.
 */
final class HealthMonitor {
  /** Bounds sockets and memory when thousands of checks time out together. */
  static final int IN_FLIGHT_MAX = 512;

  private static final int RECOVERY_STEPS = 4;

  private final Loop loop;
  private final RandomGenerator random;
  private final CheckObserver observer;
  private final Consumer<String> verdictChanged;
  private final Map<String, Map<Plan.Endpoint, HealthProbe>> probes = new HashMap<>();
  private final Map<BackendKey, HealthSnapshot> snapshots = new ConcurrentHashMap<>();
  private final Queue<HealthProbe> waiting = new ArrayDeque<>();
  private final Map<BackendKey, List<CompletableFuture<HealthSnapshot>>> asked = new HashMap<>();
  private int inFlight;

  /**
   * @param verdictChanged called on the loop with the service of a backend that went down or came
   *     back
   */
  HealthMonitor(
      Loop loop, RandomGenerator random, CheckObserver observer, Consumer<String> verdictChanged) {
    this.loop = loop;
    this.random = random;
    this.observer = observer;
    this.verdictChanged = verdictChanged;
  }

  /**
   * Makes these the backends of the service that are checked: known ones go on undisturbed unless
   * its check is another one, others begin or end. Any thread.
   */
  void watch(String service, Map<Plan.Endpoint, Check> checks) {
    loop.execute(
        () -> {
          Map<Plan.Endpoint, HealthProbe> ofService =
              probes.computeIfAbsent(service, name -> new HashMap<>());
          ofService.values().removeIf(probe -> isGone(probe, checks.keySet()));
          ofService.forEach((endpoint, probe) -> change(probe, checks.get(endpoint)));
          checks.forEach(
              (endpoint, check) ->
                  ofService.computeIfAbsent(
                      endpoint, e -> begin(new BackendKey(service, e), check)));
        });
  }

  /** Ends the checks of a service and forgets their verdicts. Any thread. */
  void forget(String service) {
    loop.execute(
        () -> {
          Map<Plan.Endpoint, HealthProbe> ofService = probes.remove(service);
          if (ofService != null) {
            ofService.values().forEach(probe -> isGone(probe, Set.of()));
            // The plan in force may still follow these verdicts.
            verdictChanged.accept(service);
          }
        });
  }

  /** What is known of a backend now. Any thread, without locks. */
  HealthSnapshot health(BackendKey backend) {
    return snapshots.getOrDefault(backend, HealthSnapshot.UNKNOWN);
  }

  /**
   * How much of its weight a backend gets: 25, 50, 75 % for a step each after it came up again. Any
   * thread.
   */
  double recovery(BackendKey backend, Duration step) {
    HealthSnapshot now = health(backend);
    if (step.isZero() || !now.isBack()) {
      return 1;
    }
    long steps = Duration.between(now.since().orElseThrow(), loop.now()).dividedBy(step);
    return Math.min(RECOVERY_STEPS, Math.max(0, steps) + 1) / (double) RECOVERY_STEPS;
  }

  /**
   * Checks a backend at once, or sooner than it would. Any thread.
   *
   * @return completes after the check; fails if it is not checked at all
   */
  CompletableFuture<HealthSnapshot> checkNow(BackendKey backend) {
    CompletableFuture<HealthSnapshot> checked = new CompletableFuture<>();
    loop.execute(
        () -> {
          HealthProbe probe =
              probes.getOrDefault(backend.service(), Map.of()).get(backend.endpoint());
          if (probe == null) {
            checked.completeExceptionally(
                new OperationException(
                    OperationException.Kind.NOT_POSSIBLE,
                    "backend %s of service \"%s\" has no health check"
                        .formatted(
                            Endpoints.format(
                                backend.endpoint().address(), backend.endpoint().port()),
                            backend.service())));
            return;
          }
          asked.computeIfAbsent(backend, key -> new ArrayList<>()).add(checked);
          if (!waiting.contains(probe)) {
            probe.hurry();
          }
        });
    return checked;
  }

  private void answer(BackendKey backend, HealthSnapshot health) {
    List<CompletableFuture<HealthSnapshot>> them = asked.remove(backend);
    if (them != null) {
      them.forEach(each -> each.complete(health));
    }
  }

  private boolean isGone(HealthProbe probe, Set<Plan.Endpoint> endpoints) {
    boolean gone = !endpoints.contains(probe.key().endpoint());
    if (gone) {
      probe.stop();
      waiting.remove(probe);
      snapshots.remove(probe.key());
      answer(probe.key(), HealthSnapshot.UNKNOWN);
    }
    return gone;
  }

  private void change(HealthProbe probe, Check check) {
    if (!probe.uses(check)) {
      waiting.remove(probe);
      probe.use(check);
      startSpread(probe, check);
    }
  }

  private HealthProbe begin(BackendKey key, Check check) {
    HealthProbe probe = new HealthProbe(this, loop, key, check);
    startSpread(probe, check);
    return probe;
  }

  /** Anywhere within the interval, so that many backends spread over it. */
  private void startSpread(HealthProbe probe, Check check) {
    probe.startWithin(check.settings().interval(), random.nextDouble());
  }

  /** The probe's time has come; it runs when there is room. */
  void due(HealthProbe probe) {
    waiting.add(probe);
    startWaiting();
  }

  void ended() {
    inFlight--;
    startWaiting();
  }

  void report(
      HealthProbe probe,
      Backend backend,
      CheckResult result,
      HealthSnapshot before,
      HealthSnapshot after) {
    snapshots.put(probe.key(), after);
    observer.checked(backend, result, after.latency());
    if (before.isHealthy() != after.isHealthy()) {
      verdictChanged.accept(probe.key().service());
      if (after.isBack()) {
        lookAgain(probe);
      }
    }
    answer(probe.key(), after);
  }

  /** A check that could not be made: who asked for it learns what was known before. */
  void skipped(HealthProbe probe, HealthSnapshot health) {
    answer(probe.key(), health);
  }

  /** Each step of a recovery is news. */
  private void lookAgain(HealthProbe probe) {
    Duration step = probe.recoveryStep();
    for (int i = 1; i < RECOVERY_STEPS && !step.isZero(); i++) {
      loop.after(step.multipliedBy(i), () -> verdictChanged.accept(probe.key().service()));
    }
  }

  /** Slightly early, never late: an interval is a promise about how soon a failure is seen. */
  Duration jittered(Duration interval) {
    return Duration.ofNanos((long) (interval.toNanos() * (0.9 + 0.1 * random.nextDouble())));
  }

  private void startWaiting() {
    while (inFlight < IN_FLIGHT_MAX && !waiting.isEmpty()) {
      inFlight++;
      waiting.remove().run();
    }
  }
}
