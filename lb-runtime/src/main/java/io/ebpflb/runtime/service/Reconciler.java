package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.service.OperationException.Kind;
import io.ebpflb.runtime.service.Planner.PlannedService;
import io.ebpflb.runtime.service.Replacement.Lineup;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides. Facts arrive from anywhere; shortly after, on this loop, everything
 * known becomes a plan, and a plan that differs from the one in force is applied. A fact that
 * arrives twice or late changes nothing, because facts only say that it is time to look again.
 */
final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  /**
   * Facts come in bursts (a rack dies, a DNS answer names ten hosts): the first is acted on at
   * once, and all that follow so soon after a plan began make one more.
   */
  static final Duration COALESCE = Duration.ofMillis(10);

  /** How long the first plan waits for targets whose resolvers are slow. */
  static final Duration SETTLE_MAX = Duration.ofMillis(250);

  static final Duration RETRY_MIN = Duration.ofSeconds(1);
  static final Duration RETRY_MAX = Duration.ofSeconds(30);
  static final Duration DRAIN_POLL = Duration.ofSeconds(1);

  private final Loop loop;
  private final HealthMonitor health;
  private final EventSource events;
  private final Set<String> stale = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean isNoticed = new AtomicBoolean();
  private final CompletableFuture<Void> firstPlan = new CompletableFuture<>();
  private final Map<String, Set<String>> alarms = new HashMap<>();
  private volatile List<ServiceSnapshot> snapshots = List.of();
  private volatile Optional<String> problem = Optional.empty();
  private volatile Lineup lineup;
  private Optional<Pending> pending = Optional.empty();
  private DataPlane dataPlane;
  private Plan inForce;
  private boolean isSettled;

  /** Only those targets are waited for whose answers are needed. */
  private boolean isLate;

  private boolean isScheduled;
  private long planBeganNanos;
  private Duration retry = RETRY_MIN;
  private Loop.Timer retryTimer = Loop.Timer.NONE;
  private Loop.Timer drainTimer = Loop.Timer.NONE;

  Reconciler(Loop loop, HealthMonitor health, EventSource events, List<BalancedService> services) {
    this.events = events;
    this.loop = loop;
    this.health = health;
    lineup = new Lineup(List.copyOf(services), new HashMap<>(), new Leftovers(loop));
  }

  /**
   * Services that wait until their targets have answered.
   *
   * @param isTrial whether they are given up again as soon as it is known what they would change
   */
  private record Pending(
      List<BalancedService> services, boolean isTrial, CompletableFuture<ConfigComparison> done) {}

  /**
   * Resolves all targets and applies the first plan as soon as each has answered, or after {@link
   * #SETTLE_MAX} without the rest, except those whose answers are needed. Any thread.
   *
   * @return completes when the first plan is in force, or fails with why it cannot be
   */
  CompletableFuture<Void> start(DataPlane target) {
    loop.execute(
        () -> {
          dataPlane = target;
          events.watchFailures(target);
          services().forEach(BalancedService::resolve);
          loop.after(
              SETTLE_MAX,
              () -> {
                isLate = true;
                settleWhenReported();
              });
          settleWhenReported();
        });
    return firstPlan;
  }

  /**
   * Puts these services in the place of those that run, as soon as all their targets have answered
   * or after {@link #SETTLE_MAX}: all of it, or nothing. To be called again only when it is done,
   * and not before the first plan is in force. Any thread.
   *
   * @param isTrial whether nothing shall be changed, only said what would be
   * @return completes when they are in force, with what that changed; or fails with the refusal of
   *     the data plane, and what was in force still is
   */
  CompletableFuture<ConfigComparison> replace(List<BalancedService> services, boolean isTrial) {
    CompletableFuture<ConfigComparison> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          Pending waiting = new Pending(services, isTrial, done);
          pending = Optional.of(waiting);
          services.forEach(BalancedService::resolve);
          isLate = false;
          loop.after(
              SETTLE_MAX,
              () -> {
                if (pending.equals(Optional.of(waiting))) {
                  isLate = true;
                  commitWhenReported();
                }
              });
          commitWhenReported();
        });
    return done;
  }

  /** Asks all resolvers of these names anew, soon. Any thread. */
  void refresh(Set<String> resolvers) {
    loop.execute(() -> services().forEach(service -> service.refresh(resolvers)));
  }

  /** Something about this service changed: look again, soon. Any thread. */
  void factsChanged(String service) {
    stale.add(service);
    factsChanged();
  }

  /** Something that extensions know changed: ask them again, soon. Any thread. */
  void factsChanged() {
    if (isNoticed.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            isNoticed.set(false);
            settleWhenReported();
            commitWhenReported();
            schedule();
          });
    }
  }

  /**
   * Looks at this service again, now. On the loop; before the first plan there is nothing to do.
   *
   * @throws DataPlaneException if the plan that follows is refused; it is tried again
   */
  void reconcileNow(String service) {
    stale.add(service);
    if (isSettled) {
      reconcile();
      problem.ifPresent(
          why -> {
            throw new DataPlaneException(why);
          });
    }
  }

  /** On the loop. What forwards; an operation is nothing to ask for before the start. */
  DataPlane dataPlane() {
    if (dataPlane == null) {
      throw new OperationException(Kind.NOT_POSSIBLE, "the balancer has not started yet");
    }
    return dataPlane;
  }

  /** See {@link HealthMonitor#checkNow}. */
  CompletableFuture<HealthSnapshot> checkNow(BackendKey backend) {
    return health.checkNow(backend);
  }

  /** On the loop. */
  Optional<BalancedService> findService(String name) {
    return services().stream().filter(service -> service.name().equals(name)).findFirst();
  }

  /** On the loop. */
  boolean hasBackend(BackendKey backend) {
    return findService(backend.service())
        .filter(service -> service.endpoints().contains(backend.endpoint()))
        .isPresent();
  }

  /** On the loop. */
  List<String> serviceNames() {
    return services().stream().map(BalancedService::name).toList();
  }

  /** Those that run. Any thread. */
  List<BalancedService> services() {
    return lineup.services();
  }

  /** Closes what runs. To be called when the loop has ended. */
  void closeServices() {
    pending.ifPresent(
        waiting -> Parts.close(Parts.onlyIn(waiting.services(), services()).stream()));
    services().forEach(BalancedService::close);
  }

  /** As of the plan in force, with health as of now. Any thread, without locks. */
  List<ServiceSnapshot> snapshots() {
    return snapshots.stream().map(service -> Freshness.withHealth(service, health)).toList();
  }

  /** Why the last plan could not be applied. Any thread. */
  Optional<String> problem() {
    return problem;
  }

  private void settleWhenReported() {
    if (dataPlane == null || isSettled || firstPlan.isDone() || !haveAnswered(services())) {
      return;
    }
    Optional<String> refusal = refusal(services());
    if (refusal.isPresent()) {
      firstPlan.completeExceptionally(new ExtensionException(refusal.get()));
      return;
    }
    isSettled = true;
    reconcile();
  }

  private boolean haveAnswered(List<BalancedService> services) {
    return services.stream()
        .allMatch(isLate ? service -> !service.isAwaited() : BalancedService::hasReported);
  }

  private static Optional<String> refusal(List<BalancedService> services) {
    return services.stream().flatMap(service -> service.refusal().stream()).findFirst();
  }

  private void schedule() {
    if (isSettled && !isScheduled) {
      isScheduled = true;
      long restNanos = planBeganNanos + COALESCE.toNanos() - loop.nanoTime();
      loop.after(Duration.ofNanos(Math.max(0, restNanos)), this::reconcile);
    }
  }

  private void reconcile() {
    isScheduled = false;
    long nowNanos = loop.nanoTime();
    planBeganNanos = nowNanos;
    List<BalancedService> changed = services().stream().filter(this::isToBePlanned).toList();
    changed.forEach(BalancedService::followMembers);
    Map<BackendKey, BackendCounters> counters = countersIfNeeded();
    for (BalancedService service : changed) {
      service.lookAtDrains(nowNanos, counters);
      PlannedService now = Planner.plan(service.facts(health, counters));
      logAlarms(now);
      lineup.planned().put(service.name(), now);
    }
    lineup.leftovers().look(counters);
    if (apply(lineup.plan())) {
      show();
      firstPlan.complete(null);
    }
    // Only now: the checks of a start take a CPU, on which its tables are built.
    changed.forEach(service -> service.watch(health));
    pollDrains();
  }

  private void show() {
    snapshots = lineup.inOrder().stream().map(PlannedService::snapshot).toList();
    events.inForce(snapshots, lineup.leftovers().departing());
  }

  private void commitWhenReported() {
    pending.filter(waiting -> haveAnswered(waiting.services())).ifPresent(this::commit);
  }

  private void commit(Pending waiting) {
    pending = Optional.empty();
    Optional<String> refusal = refusal(waiting.services());
    Replacement replacement = new Replacement(lineup, waiting.services(), health, dataPlane);
    if (refusal.isPresent()) {
      replacement.giveUp();
      waiting.done().completeExceptionally(new ExtensionException(refusal.get()));
      return;
    }
    if (waiting.isTrial()) {
      replacement.giveUp();
      waiting.done().complete(replacement.comparison());
      return;
    }
    Plan plan = replacement.after().plan();
    try {
      dataPlane.apply(plan);
    } catch (RuntimeException e) {
      replacement.giveUp();
      if (!(e instanceof DataPlaneException)) {
        // Only a refusal promises that nothing changed; after anything else all is written anew.
        inForce = null;
        schedule();
      }
      waiting.done().completeExceptionally(e);
      return;
    }
    replacement.takeOver(health);
    lineup = replacement.after();
    accepted(plan);
    lineup.planned().values().forEach(this::logAlarms);
    alarms.keySet().retainAll(lineup.planned().keySet());
    show();
    pollDrains();
    waiting.done().complete(replacement.comparison());
  }

  /** With thousands of services, a verdict must not cost a look at each of them. */
  private boolean isToBePlanned(BalancedService service) {
    boolean isStale = stale.remove(service.name());
    return isStale || service.isVolatile() || !lineup.planned().containsKey(service.name());
  }

  private Map<BackendKey, BackendCounters> countersIfNeeded() {
    Set<BackendKey> needed = new HashSet<>(lineup.leftovers().known());
    services().stream()
        .filter(BalancedService::isVolatile)
        .forEach(service -> needed.addAll(service.known()));
    return needed.isEmpty() ? Map.of() : dataPlane.backendCounters(needed);
  }

  /** Whether the plan is in force now. */
  private boolean apply(Plan plan) {
    retryTimer.cancel();
    try {
      if (!plan.equals(inForce)) {
        dataPlane.apply(plan);
      }
    } catch (RuntimeException e) {
      refused(e);
      return false;
    }
    accepted(plan);
    return true;
  }

  private void accepted(Plan plan) {
    inForce = plan;
    retry = RETRY_MIN;
    if (problem.isPresent()) {
      LOG.info("what was asked for is in force again");
      problem = Optional.empty();
    }
  }

  private void refused(RuntimeException e) {
    if (firstPlan.completeExceptionally(e)) {
      // Nothing was ever in force: the start fails, and says why.
      return;
    }
    String why = Objects.requireNonNullElse(e.getMessage(), e.toString());
    boolean isNews = !problem.equals(Optional.of(why));
    if (e instanceof DataPlaneException) {
      if (isNews) {
        LOG.error("a change could not be applied, what was in force stays: {}", why);
      }
    } else {
      // Only a refusal promises that nothing changed; after anything else all is written anew.
      inForce = null;
      if (isNews) {
        LOG.error("a change could not be applied", e);
      }
    }
    problem = Optional.of(why);
    retryTimer = loop.after(retry, this::schedule);
    retry = retry.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? retry.multipliedBy(2) : RETRY_MAX;
  }

  private void pollDrains() {
    drainTimer.cancel();
    if (!lineup.leftovers().isEmpty()
        || services().stream().anyMatch(BalancedService::isDraining)) {
      drainTimer = loop.after(DRAIN_POLL, this::schedule);
    }
  }

  private void logAlarms(PlannedService service) {
    String name = service.plan().name();
    Set<String> now = new HashSet<>(service.alarms());
    Set<String> before = alarms.getOrDefault(name, Set.of());
    for (String alarm : service.alarms()) {
      if (!before.contains(alarm)) {
        LOG.warn("service \"{}\": {}", name, alarm);
      }
    }
    for (String alarm : before) {
      if (!now.contains(alarm)) {
        LOG.info("service \"{}\": no longer so: {}", name, alarm);
      }
    }
    alarms.put(name, now);
  }
}
