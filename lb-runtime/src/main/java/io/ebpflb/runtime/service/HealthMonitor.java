package io.ebpflb.runtime.service;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
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

  private final Loop loop;
  private final RandomGenerator random;
  private final CheckObserver observer;
  private final Consumer<String> verdictChanged;
  private final Map<String, Map<Plan.Endpoint, HealthProbe>> probes = new HashMap<>();
  private final Map<BackendKey, HealthSnapshot> snapshots = new ConcurrentHashMap<>();
  private final Queue<HealthProbe> waiting = new ArrayDeque<>();
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
   * the check is another one, others begin or end. Any thread.
   */
  void watch(
      String service, Set<Plan.Endpoint> endpoints, HealthCheck settings, HealthChecker checker) {
    loop.execute(
        () -> {
          Map<Plan.Endpoint, HealthProbe> ofService =
              probes.computeIfAbsent(service, name -> new HashMap<>());
          ofService.values().removeIf(probe -> isGone(probe, endpoints));
          ofService.values().stream()
              .filter(probe -> !probe.uses(settings, checker))
              .forEach(probe -> change(probe, settings, checker));
          for (Plan.Endpoint endpoint : endpoints) {
            ofService.computeIfAbsent(
                endpoint, e -> begin(new BackendKey(service, e), settings, checker));
          }
        });
  }

  /** Ends the checks of a service and forgets their verdicts. Any thread. */
  void forget(String service) {
    loop.execute(
        () -> {
          Map<Plan.Endpoint, HealthProbe> ofService = probes.remove(service);
          if (ofService != null) {
            ofService.values().forEach(probe -> isGone(probe, Set.of()));
          }
        });
  }

  /** What is known of a backend now. Any thread, without locks. */
  HealthSnapshot health(BackendKey backend) {
    return snapshots.getOrDefault(backend, HealthSnapshot.UNKNOWN);
  }

  private boolean isGone(HealthProbe probe, Set<Plan.Endpoint> endpoints) {
    boolean gone = !endpoints.contains(probe.key().endpoint());
    if (gone) {
      probe.stop();
      waiting.remove(probe);
      snapshots.remove(probe.key());
    }
    return gone;
  }

  private void change(HealthProbe probe, HealthCheck settings, HealthChecker checker) {
    waiting.remove(probe);
    probe.use(settings, checker);
    probe.startWithin(settings.interval(), random.nextDouble());
  }

  private HealthProbe begin(BackendKey key, HealthCheck settings, HealthChecker checker) {
    HealthProbe probe = new HealthProbe(this, loop, key, settings, checker);
    probe.startWithin(settings.interval(), random.nextDouble());
    return probe;
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
