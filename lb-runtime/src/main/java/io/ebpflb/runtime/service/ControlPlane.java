package io.ebpflb.runtime.service;

import io.ebpflb.api.Event.HealthChecked;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.plugin.ExtensionHost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Everything between the config and the data plane: targets, health, weights, and the reconciler
 * that turns them into plans. One thread decides, one keeps time for health checks; one writes the
 * state file and one looks at the flow table, when there is something to do.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Duration PLAN_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration ABSENCE_LOOK = Duration.ofHours(1);

  private final Loop reconcilerLoop = new ThreadLoop("reconciler");
  private final Loop schedulerLoop = new ThreadLoop("scheduler");
  private final Loop flowsLoop = new ThreadLoop("flows");
  private final Loop stateLoop = new ThreadLoop("state");
  private final AdminStates admin;
  private final ServiceAssembly assembly;
  private final Reconciler reconciler;
  private final Operations operations;
  private CompletableFuture<Void> firstPlan;

  /**
   * Makes the extensions that the config uses, and so proves that their settings are good; nothing
   * runs before {@link #begin}.
   *
   * @param extensions stays the caller's to close, after this
   * @throws io.ebpflb.runtime.plugin.ExtensionException if a plugin refuses
   */
  public ControlPlane(
      Configuration configuration, ExtensionHost extensions, CheckObserver checkObserver) {
    admin =
        new AdminStates(
            reconcilerLoop, new AdminStateFile(configuration.admin().state(), stateLoop));
    HealthMonitor health =
        new HealthMonitor(
            schedulerLoop, new SplittableRandom(), telling(extensions, checkObserver), this::look);
    assembly = new ServiceAssembly(extensions, reconcilerLoop, admin, this::look);
    List<BalancedService> services;
    try {
      services = assembly.assemble(configuration.services());
    } catch (RuntimeException e) {
      closeLoops();
      throw e;
    }
    EventSource events = new EventSource(reconcilerLoop, extensions);
    reconciler = new Reconciler(reconcilerLoop, health, events, services);
    operations = new LoopOperations(reconcilerLoop, reconciler, admin, flowsLoop);
  }

  private static CheckObserver telling(ExtensionHost extensions, CheckObserver next) {
    return (backend, result, latency) -> {
      next.checked(backend, result, latency);
      if (extensions.isWanted(HealthChecked.class)) {
        extensions.publish(
            new HealthChecked(Instant.now(), backend, result.isPassed(), result.detail()));
      }
    };
  }

  /**
   * Begins to resolve targets and to apply the first plan.
   *
   * @param dataPlane stays the caller's to close, after this
   */
  public void begin(DataPlane dataPlane) {
    reconcilerLoop.execute(admin::load);
    reconcilerLoop.after(ABSENCE_LOOK, this::forgetAbsent);
    firstPlan = reconciler.start(dataPlane);
  }

  /**
   * Returns when the first plan is in force.
   *
   * @throws io.ebpflb.runtime.dataplane.DataPlaneException if the data plane refuses it
   */
  public void awaitFirstPlan() {
    await(firstPlan);
  }

  /**
   * Makes these services the ones that run; returns when they are in force. What did not change
   * goes on undisturbed: health, counters, extensions, flows. Backends and services that left are
   * drained. To be called after {@link #awaitFirstPlan}; waits its turn.
   *
   * @return what changed
   * @throws io.ebpflb.runtime.plugin.ExtensionException if a plugin refuses; nothing was changed
   * @throws io.ebpflb.runtime.dataplane.DataPlaneException if the data plane refuses; nothing was
   *     changed
   */
  public ConfigDiff reconfigure(Configuration configuration) {
    return replace(configuration, false);
  }

  /** What {@link #reconfigure} would change; changes nothing. Throws as it does. */
  public ConfigDiff preview(Configuration configuration) {
    return replace(configuration, true);
  }

  private synchronized ConfigDiff replace(Configuration configuration, boolean isTrial) {
    List<BalancedService> next = assembly.assemble(configuration.services(), reconciler.services());
    return await(reconciler.replace(next, isTrial)).diff();
  }

  private static <T> T await(CompletableFuture<T> done) {
    try {
      return done.orTimeout(PLAN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
  }

  /** Computes and applies the weights anew, soon. Any thread; does not block. */
  public void replan() {
    reconciler.factsChanged();
  }

  /** Asks all resolvers of these names anew, soon. Any thread; does not block. */
  public void refresh(Set<String> resolvers) {
    reconciler.refresh(resolvers);
  }

  private void look(String service) {
    reconciler.factsChanged(service);
  }

  /** As of the plan in force, with health as of now. Any thread, without locks. */
  public List<ServiceSnapshot> services() {
    return reconciler.snapshots();
  }

  /** What an operator can do to it. */
  public Operations operations() {
    return operations;
  }

  /** Why the last plan could not be applied. Any thread. */
  public Optional<String> problem() {
    return reconciler.problem();
  }

  /** Stops deciding and checking; what is in force in the data plane stays. Idempotent. */
  @Override
  public void close() {
    closeLoops();
    reconciler.closeServices();
  }

  private void forgetAbsent() {
    admin.forgetAbsent(reconciler::hasBackend);
    reconcilerLoop.after(ABSENCE_LOOK, this::forgetAbsent);
  }

  private void closeLoops() {
    schedulerLoop.close();
    reconcilerLoop.close();
    flowsLoop.close();
    stateLoop.close();
  }
}
