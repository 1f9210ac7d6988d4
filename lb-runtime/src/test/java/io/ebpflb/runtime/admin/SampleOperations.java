package io.ebpflb.runtime.admin;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.DrainOutcome;
import io.ebpflb.runtime.service.DrainSnapshot;
import io.ebpflb.runtime.service.FlowFilter;
import io.ebpflb.runtime.service.ForcedHealth;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.runtime.service.OperationException;
import io.ebpflb.runtime.service.OperationException.Kind;
import io.ebpflb.runtime.service.Operations;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Changes what a {@link SampleBalancer} shows, or fails as a test wants. */
public final class SampleOperations implements Operations {

  private final SampleBalancer balancer;
  public volatile RuntimeException failure;
  public volatile DrainOutcome outcome = DrainOutcome.COMPLETED;

  SampleOperations(SampleBalancer balancer) {
    this.balancer = balancer;
  }

  @Override
  public CompletableFuture<Void> setAdminState(
      String service, String backend, AdminState state, Optional<Duration> drainTimeout) {
    Optional<DrainSnapshot> drain =
        state == AdminState.READY
            ? Optional.empty()
            : Optional.of(
                new DrainSnapshot(
                    SampleBalancer.NOW,
                    drainTimeout.orElse(Duration.ofMinutes(5)),
                    outcome == DrainOutcome.COMPLETED ? 0 : 3,
                    Optional.of(outcome)));
    return change(
        service,
        backend,
        old ->
            new BackendSnapshot(
                old.endpoint(),
                old.configuredWeight(),
                old.weightOverride(),
                state == AdminState.READY ? old.configuredWeight() : 0,
                state,
                old.forcedHealth(),
                drain,
                old.check(),
                old.health()));
  }

  @Override
  public CompletableFuture<DrainOutcome> awaitDrain(String service, String backend) {
    return CompletableFuture.completedFuture(DrainOutcome.COMPLETED);
  }

  @Override
  public CompletableFuture<Void> setWeight(String service, String backend, OptionalDouble weight) {
    if (weight.isPresent() && weight.getAsDouble() < 0) {
      return CompletableFuture.failedFuture(
          new OperationException(Kind.INVALID, "a weight is a number from 0 up", List.of()));
    }
    return change(
        service,
        backend,
        old ->
            new BackendSnapshot(
                old.endpoint(),
                old.configuredWeight(),
                weight,
                weight.orElse(old.configuredWeight()),
                old.adminState(),
                old.forcedHealth(),
                old.drain(),
                old.check(),
                old.health()));
  }

  @Override
  public CompletableFuture<Void> forceHealth(String service, String backend, ForcedHealth health) {
    return change(
        service,
        backend,
        old ->
            new BackendSnapshot(
                old.endpoint(),
                old.configuredWeight(),
                old.weightOverride(),
                health == ForcedHealth.DOWN ? 0 : old.configuredWeight(),
                old.adminState(),
                health,
                old.drain(),
                old.check(),
                old.health()));
  }

  @Override
  public CompletableFuture<HealthSnapshot> checkNow(String service, String backend) {
    return change(service, backend, UnaryOperator.identity())
        .thenApply(done -> HealthSnapshot.UNKNOWN);
  }

  @Override
  public CompletableFuture<Void> checkNow(String service) {
    return change(service, "", UnaryOperator.identity());
  }

  @Override
  public CompletableFuture<FlowList> flows(FlowFilter filter, int limit) {
    FlowList.Flow flow =
        new FlowList.Flow(
            new BackendKey("web", SampleBalancer.endpoint("10.0.0.1", 8080)),
            Protocol.TCP,
            SampleBalancer.endpoint("192.0.2.7", 40_000),
            SampleBalancer.endpoint("203.0.113.10", 80),
            FlowList.State.ESTABLISHED,
            Duration.ofSeconds(3));
    return CompletableFuture.completedFuture(new FlowList(List.of(flow), 7));
  }

  @Override
  public CompletableFuture<Long> killFlows(FlowFilter filter) {
    return CompletableFuture.completedFuture(7L);
  }

  private CompletableFuture<Void> change(
      String service, String backend, UnaryOperator<BackendSnapshot> change) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    ServiceSnapshot old = balancer.services.get(0);
    if (!old.name().equals(service)) {
      return CompletableFuture.failedFuture(
          new OperationException(
              Kind.UNKNOWN_SERVICE,
              "there is no service \"" + service + "\"",
              List.of(old.name())));
    }
    balancer.services =
        List.of(
            new ServiceSnapshot(
                old.name(),
                old.listen(),
                old.protocol(),
                old.algorithm(),
                old.healthCheck(),
                change(old.group(), backend, change),
                old.routes().stream().map(each -> change(each, backend, change)).toList(),
                old.departing(),
                old.problems()));
    return CompletableFuture.completedFuture(null);
  }

  private static GroupSnapshot change(
      GroupSnapshot group, String backend, UnaryOperator<BackendSnapshot> change) {
    return new GroupSnapshot(
        group.source(),
        group.configuredInForce(),
        group.targets(),
        group.backends().stream()
            .map(each -> each.name().equals(backend) ? change.apply(each) : each)
            .toList());
  }
}
