package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.endpoint;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.FlowQuery;
import io.ebpflb.runtime.service.OperationException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LoopOperationsTest extends ServicesFixture {
  private static final Duration CHECKS = Duration.ofMillis(1500);

  @Test
  void aDrainedBackendTakesNoNewFlowsUntilItIsReadyAgain() {
    start(web());
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);

    CompletableFuture<Void> inForce = gate("10.0.0.1", AdminState.DRAIN);
    assertThat(inForce).isCompleted();
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    BackendSnapshot drained = reconciler.snapshots().get(0).backends().get(0);
    assertThat(drained.adminState()).isEqualTo(AdminState.DRAIN);
    assertThat(drained.health().isHealthy()).isTrue();

    CompletableFuture<DrainOutcome> ended = operations.awaitDrain("web", "10.0.0.1:8080");
    loop.advance(Duration.ofSeconds(10));
    assertThat(ended).isNotDone();
    assertThat(reconciler.snapshots().get(0).backends().get(0).drain().orElseThrow())
        .returns(3L, DrainSnapshot::activeFlows)
        .returns(Optional.empty(), DrainSnapshot::outcome);

    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 0);
    loop.advance(Reconciler.DRAIN_POLL);
    assertThat(ended).isCompletedWithValue(DrainOutcome.COMPLETED);
    assertThat(weights()).contains("10.0.0.1:0.0");

    gate("10.0.0.1", AdminState.READY);
    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    assertThat(reconciler.snapshots().get(0).backends().get(0).drain()).isEmpty();
  }

  @Test
  void aDrainIsNotOverWhileAPacketMayStillOpenAFlow() {
    start(web());
    gate("10.0.0.1", AdminState.DRAIN);
    CompletableFuture<DrainOutcome> ended = operations.awaitDrain("web", "10.0.0.1:8080");
    loop.advance(Drain.MIN.minusMillis(1));
    assertThat(ended).isNotDone();

    loop.advance(Reconciler.DRAIN_POLL);
    assertThat(ended).isCompletedWithValue(DrainOutcome.COMPLETED);
  }

  @Test
  void aDrainEndsAtItsTimeoutAndTheBackendStaysGated() {
    start(web());
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);
    operations.setAdminState(
        "web", "10.0.0.1:8080", AdminState.DRAIN, Optional.of(Duration.ofSeconds(5)));
    CompletableFuture<DrainOutcome> ended = operations.awaitDrain("web", "10.0.0.1:8080");

    loop.advance(Duration.ofSeconds(6));

    assertThat(ended).isCompletedWithValue(DrainOutcome.TIMED_OUT);
    assertThat(weights()).contains("10.0.0.1:0.0");
  }

  @Test
  void aDrainIsCancelledByReady() {
    start(web());
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);
    gate("10.0.0.1", AdminState.DRAIN);
    CompletableFuture<DrainOutcome> ended = operations.awaitDrain("web", "10.0.0.1:8080");
    loop.run();

    gate("10.0.0.1", AdminState.READY);

    assertThat(ended).isCompletedWithValue(DrainOutcome.CANCELLED);
  }

  @Test
  void whatTheOperatorGatedStaysOutWhenAllElseIsDown() {
    start(web());
    gate("10.0.0.1", AdminState.MAINTENANCE);
    extensions.checker.broken.addAll(List.of("10.0.0.2:8080", "10.0.0.3:8080"));
    loop.advance(CHECKS);
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:20.0");

    gate("10.0.0.2", AdminState.DRAIN);
    gate("10.0.0.3", AdminState.DRAIN);
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:0.0", "10.0.0.3:0.0");
    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly("no backend is ready: drain or maintenance; new connections are dropped");
  }

  @Test
  void aWeightOverrideReplacesTheConfiguredWeightUntilItIsCleared() {
    start(web());

    operations.setWeight("web", "10.0.0.1:8080", OptionalDouble.of(7.5));
    loop.run();
    assertThat(weights()).containsExactly("10.0.0.1:7.5", "10.0.0.2:30.0", "10.0.0.3:20.0");
    assertThat(reconciler.snapshots().get(0).backends().get(0))
        .returns(50.0, BackendSnapshot::configuredWeight)
        .returns(OptionalDouble.of(7.5), BackendSnapshot::weightOverride);

    operations.setWeight("web", "10.0.0.1:8080", OptionalDouble.empty());
    loop.run();
    assertThat(weights()).contains("10.0.0.1:50.0");
  }

  @Test
  void aForcedVerdictCountsAboveTheChecks() {
    start(web());
    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);
    assertThat(weights()).contains("10.0.0.1:0.0");

    operations.forceHealth("web", "10.0.0.1:8080", ForcedHealth.UP);
    operations.forceHealth("web", "10.0.0.2:8080", ForcedHealth.DOWN);
    loop.run();
    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:0.0", "10.0.0.3:20.0");
    BackendSnapshot forced = reconciler.snapshots().get(0).backends().get(0);
    assertThat(forced.isHealthy()).isTrue();
    assertThat(forced.health().state()).isEqualTo(HealthSnapshot.State.DOWN);

    operations.forceHealth("web", "10.0.0.1:8080", ForcedHealth.AUTO);
    operations.forceHealth("web", "10.0.0.2:8080", ForcedHealth.AUTO);
    loop.run();
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
  }

  @Test
  void aVerdictOfACheckThatWasAskedForIsInForceWhenItIsTold() {
    start(
        service(
            "web",
            Optional.of(check(1, 1)),
            List.of(
                target("10.0.0.1", 50),
                target("10.0.0.2", 30),
                target("10.0.0.3", 20, Optional.empty()))));
    loop.advance(CHECKS);
    extensions.checker.checked.clear();
    extensions.checker.broken.addAll(List.of("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080"));

    CompletableFuture<HealthSnapshot> one = operations.checkNow("web", "10.0.0.1:8080");
    loop.run();
    assertThat(one).isCompletedWithValueMatching(health -> !health.isHealthy());
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:20.0");

    CompletableFuture<Void> all = operations.checkNow("web");
    loop.run();
    assertThat(all).isCompleted();
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:0.0", "10.0.0.3:20.0");
    assertThat(extensions.checker.checked)
        .containsExactlyInAnyOrder("10.0.0.1:8080", "10.0.0.1:8080", "10.0.0.2:8080");
    assertThat(refusal(operations.checkNow("web", "10.0.0.3:8080")))
        .hasMessage("backend 10.0.0.3:8080 of service \"web\" has no health check");
    replace(false, service("web", Optional.empty(), List.of(target("10.0.0.1", 1))));
    assertThat(refusal(operations.checkNow("web")))
        .returns(Kind.NOT_POSSIBLE, OperationException::kind)
        .hasMessage("no backend of service \"web\" is checked");
  }

  @Test
  void maintenanceCutsFlowsOnceMoreForPacketsUnderWay() {
    start(web());
    FlowQuery flows = FlowQuery.ofBackend(new BackendKey("web", endpoint("10.0.0.1")));

    gate("10.0.0.1", AdminState.DRAIN);
    assertThat(dataPlane.removed).isEmpty();
    gate("10.0.0.1", AdminState.MAINTENANCE);
    assertThat(dataPlane.removed).containsExactly(flows);
    assertThat(weights()).contains("10.0.0.1:0.0");

    loop.advance(Duration.ofSeconds(5));
    assertThat(dataPlane.removed).containsExactly(flows, flows);
  }

  @Test
  void flowsAreNamedByServiceAndBackend() {
    start(web());

    operations.killFlows(filter("web", null));
    operations.killFlows(filter(null, "10.0.0.2:8080"));
    operations.killFlows(FlowFilter.ALL);
    loop.run();

    assertThat(dataPlane.removed.get(0).backends().orElseThrow()).hasSize(3);
    assertThat(dataPlane.removed.get(1).backends())
        .contains(Set.of(new BackendKey("web", endpoint("10.0.0.2"))));
    assertThat(dataPlane.removed.get(2)).isEqualTo(FlowQuery.ALL);
    assertThat(refusal(operations.killFlows(filter("wob", null))))
        .returns(Kind.UNKNOWN_SERVICE, OperationException::kind);
    assertThat(refusal(operations.flows(filter(null, "10.0.0.4:8080"), 1)))
        .hasMessage("there is no backend 10.0.0.4:8080");
  }

  private static FlowFilter filter(String service, String backend) {
    return new FlowFilter(
        Optional.ofNullable(service),
        Optional.ofNullable(backend),
        Optional.empty(),
        OptionalInt.empty());
  }

  @Test
  void whatCannotBeDoneSaysWhyAndWhatMayHaveBeenMeant() {
    start(web());

    assertThat(refusal(operations.awaitDrain("wep", "10.0.0.1:8080")))
        .hasMessage("there is no service \"wep\"")
        .returns(Kind.UNKNOWN_SERVICE, OperationException::kind)
        .returns(List.of("web"), OperationException::nearNames);
    assertThat(refusal(operations.awaitDrain("web", "10.0.0.1:8081")))
        .hasMessage("service \"web\" has no backend 10.0.0.1:8081")
        .returns(Kind.UNKNOWN_BACKEND, OperationException::kind)
        .extracting(OperationException::nearNames, as(LIST))
        .first()
        .isEqualTo("10.0.0.1:8080");
    assertThat(refusal(operations.awaitDrain("web", "10.0.0.1:8080")))
        .hasMessage("backend 10.0.0.1:8080 of service \"web\" is not being drained");
    assertThat(refusal(operations.setWeight("web", "10.0.0.1:8080", OptionalDouble.of(-1))))
        .returns(Kind.INVALID, OperationException::kind);
    assertThat(dataPlane.applied).hasSize(1);
  }

  @Test
  void anOperationThatTheDataPlaneRefusesFailsAndIsTriedAgain() {
    start(web());
    dataPlane.refusal = new DataPlaneException("table slots: 9 of 8 needed");

    CompletableFuture<Void> inForce = gate("10.0.0.1", AdminState.DRAIN);
    assertThat(inForce).isCompletedExceptionally();

    dataPlane.refusal = null;
    loop.advance(Reconciler.RETRY_MIN.multipliedBy(2));
    assertThat(weights()).contains("10.0.0.1:0.0");
  }

  private CompletableFuture<Void> gate(String address, AdminState state) {
    CompletableFuture<Void> inForce =
        operations.setAdminState("web", address + ":8080", state, Optional.empty());
    loop.run();
    return inForce;
  }

  private OperationException refusal(CompletableFuture<?> operation) {
    loop.run();
    assertThat(operation).isCompletedExceptionally();
    return (OperationException) operation.handle((done, failure) -> failure.getCause()).join();
  }

  private static Configuration.Service web() {
    return service(
        "web",
        Optional.of(check(2, 2)),
        List.of(target("10.0.0.1", 50), target("10.0.0.2", 30), target("10.0.0.3", 20)));
  }

  private List<String> weights() {
    return weights("web");
  }
}
