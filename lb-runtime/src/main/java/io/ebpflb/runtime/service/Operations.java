package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.FlowList;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator can do to a running balancer, whether by the admin API, the command line or a
 * program around it. Any thread; nothing blocks.
 *
 * <p>Backends are named by service and endpoint ({@code 10.0.0.1:8080}, {@code [2001:db8::1]:80}),
 * in every group of the service at once. A future fails with an {@link OperationException}, or with
 * a {@link io.ebpflb.runtime.dataplane.DataPlaneException} if the data plane refuses the plan that
 * follows; what was asked for stays wanted then and is tried again. What survives a restart is in
 * the state file when a future completes. Futures complete on a thread of the runtime: what depends
 * on them must be quick, or move to another.
 */
public interface Operations {

  /**
   * Sets what the operator wants of a backend; completes when it is in force, so that no new flow
   * reaches a gated backend, and those of one in maintenance are cut.
   *
   * @param drainTimeout how long flows that run may take to finish before the drain counts as timed
   *     out; empty: the service's own. Without meaning for {@link AdminState#READY}.
   */
  CompletableFuture<Void> setAdminState(
      String service, String backend, AdminState state, Optional<Duration> drainTimeout);

  /**
   * Waits for the end of the drain of a backend that was gated; completes at once if it has ended.
   * Cancelling the future cancels nothing else.
   */
  CompletableFuture<DrainOutcome> awaitDrain(String service, String backend);

  /**
   * Overrides the configured weight of a backend; completes when it is in force.
   *
   * @param weight finite, at least 0; empty: the configured one again
   */
  CompletableFuture<Void> setWeight(String service, String backend, OptionalDouble weight);

  /**
   * Makes a backend count as up or down whatever its checks say, which go on; completes when it is
   * in force.
   */
  CompletableFuture<Void> forceHealth(String service, String backend, ForcedHealth health);

  /**
   * Checks a backend now, beside its schedule, and tells what came out; a verdict that changes by
   * it is in force then.
   *
   * @return fails if the backend is not checked at all
   */
  CompletableFuture<HealthSnapshot> checkNow(String service, String backend);

  /**
   * The same for all backends of a service that are checked.
   *
   * @return fails if none is
   */
  CompletableFuture<Void> checkNow(String service);

  /**
   * Lists flows, in no order. Reads the whole flow table: some 30 ms for the default size.
   *
   * @param limit how many are listed at most, from 0 up; all that match are counted
   */
  CompletableFuture<FlowList> flows(FlowFilter filter, int limit);

  /** How many flows there are. */
  default CompletableFuture<Long> countFlows(FlowFilter filter) {
    return flows(filter, 0).thenApply(FlowList::matching);
  }

  /**
   * Ends flows and tells how many. Either end of a TCP connection gets a reset when it sends its
   * next packet; what a UDP client sends is a new flow to whichever backend the table names for it.
   */
  CompletableFuture<Long> killFlows(FlowFilter filter);
}
