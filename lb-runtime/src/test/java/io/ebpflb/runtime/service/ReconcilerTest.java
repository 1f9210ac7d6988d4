package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.endpoint;
import static io.ebpflb.runtime.service.TestServices.neededTarget;
import static io.ebpflb.runtime.service.TestServices.resolution;
import static io.ebpflb.runtime.service.TestServices.route;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ReconcilerTest extends ServicesFixture {
  private static final Duration CHECKS = Duration.ofMillis(1500);

  @Test
  void theFirstPlanHoldsConfiguredWeightsInFileOrder() {
    CompletableFuture<Void> firstPlan = start(web());

    assertThat(firstPlan).isCompleted();
    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    Plan.Service planned = dataPlane.inForce().services().get(0);
    assertThat(planned.selection()).isEqualTo(Plan.Selection.FIVE_TUPLE);
    assertThat(planned.port()).isEqualTo(80);
  }

  @Test
  void aFailingCheckTakesABackendOutAndARecoveringOneComesBack() {
    start(web());

    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    BackendSnapshot down = reconciler.snapshots().get(0).group().backends().get(0);
    assertThat(down.health().state()).isEqualTo(State.DOWN);
    assertThat(down.configuredWeight()).isEqualTo(50);
    assertThat(down.effectiveWeight()).isZero();

    extensions.checker.broken.clear();
    loop.advance(CHECKS);
    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
  }

  @Test
  void whenAllAreDownConfiguredWeightsStayInForceAndTheServiceSaysSo() {
    start(web());

    extensions.checker.broken.addAll(List.of("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080"));
    loop.advance(CHECKS);

    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    ServiceSnapshot snapshot = reconciler.snapshots().get(0);
    assertThat(snapshot.group().configuredInForce()).isTrue();
    assertThat(snapshot.problems())
        .containsExactly("all backends are down; configured weights stay in force");

    extensions.checker.broken.remove("10.0.0.2:8080");
    loop.advance(CHECKS);
    assertThat(weights()).containsExactly("10.0.0.1:0.0", "10.0.0.2:30.0", "10.0.0.3:0.0");
    assertThat(reconciler.snapshots().get(0).problems()).isEmpty();
  }

  @Test
  void aBurstOfFactsBecomesOnePlan() {
    int[] rounds = {0};
    extensions.modifier = group -> new double[] {1, 1, ++rounds[0]};
    start(TestServices.withModifier(web()));

    for (int i = 0; i < 100; i++) {
      reconciler.factsChanged();
    }
    loop.advance(Duration.ofMillis(50));

    assertThat(dataPlane.applied).hasSize(2);
  }

  @Test
  void aFactIsActedOnAtOnceAndThoseRightBehindItTogether() {
    int[] rounds = {0};
    extensions.modifier = group -> new double[] {++rounds[0]};
    start(
        TestServices.withModifier(
            service("web", Optional.empty(), List.of(target("10.0.0.1", 1)))));
    loop.advance(Duration.ofSeconds(1));
    dataPlane.applied.clear();

    reconciler.factsChanged();
    loop.run();
    assertThat(dataPlane.applied).hasSize(1);

    for (int i = 0; i < 9; i++) {
      reconciler.factsChanged();
      loop.advance(Duration.ofMillis(1));
    }
    assertThat(dataPlane.applied).hasSize(1);
    loop.advance(Duration.ofMillis(1));
    assertThat(dataPlane.applied).hasSize(2);
    loop.advance(Duration.ofSeconds(1));
    assertThat(dataPlane.applied).hasSize(2);
  }

  @Test
  void factsThatChangeNothingApplyNothing() {
    start(web());

    reconciler.factsChanged();
    loop.advance(Duration.ofSeconds(60));

    assertThat(dataPlane.applied).hasSize(1);
  }

  @Test
  void aVerdictIsInForceWithinFiftyMilliseconds() {
    start(web());
    extensions.checker.broken.add("10.0.0.1:8080");
    while (health.health(key("10.0.0.1")).state() != State.DOWN) {
      loop.advance(Duration.ofMillis(1));
    }

    loop.advance(Duration.ofMillis(50));

    assertThat(weights()).contains("10.0.0.1:0.0");
  }

  @Test
  void backendsOfSourceRoutesAreCheckedToo() {
    start(
        service(
            "web",
            Optional.of(check(2, 2)),
            List.of(target("10.0.0.1", 1)),
            route("192.168.0.0", 16, target("10.0.0.9", 1), target("10.0.0.1", 3))));

    extensions.checker.broken.add("10.0.0.9:8080");
    loop.advance(CHECKS);

    Plan.Route route = dataPlane.inForce().services().get(0).routes().get(0);
    assertThat(route.source().length()).isEqualTo(16);
    assertThat(route.group().backends())
        .containsExactly(
            new Plan.Weighted(endpoint("10.0.0.9"), 0), new Plan.Weighted(endpoint("10.0.0.1"), 3));
    ServiceSnapshot snapshot = reconciler.snapshots().get(0);
    assertThat(snapshot.routes().get(0).source()).contains("192.168.0.0/16");
    assertThat(snapshot.backends()).hasSize(2);
  }

  @Test
  void aRouteWhoseBackendsAreAllDownIsNamedInTheAlarm() {
    start(
        service(
            "web",
            Optional.of(check(2, 2)),
            List.of(target("10.0.0.1", 1)),
            route("192.168.0.0", 16, target("10.0.0.9", 1))));

    extensions.checker.broken.add("10.0.0.9:8080");
    loop.advance(CHECKS);

    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly(
            "source 192.168.0.0/16: all backends are down; configured weights stay in force");
  }

  @Test
  void oneEndpointOfTwoTargetsIsOneBackendWhoseWeightsAdd() {
    extensions.resolver("both", () -> answer(Resolution.FOREVER, "10.0.0.1", "10.0.0.2"));
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 50), target("both", 30))));

    assertThat(weights()).containsExactly("10.0.0.1:65.0", "10.0.0.2:15.0");
  }

  @Test
  void theFirstPlanWaitsForSlowTargetsOnlySoLong() {
    CompletableFuture<Resolution> slow = new CompletableFuture<>();
    extensions.resolver("slow", () -> slow);
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 1), target("slow", 1))));
    assertThat(dataPlane.applied).isEmpty();

    loop.advance(Reconciler.SETTLE_MAX);
    assertThat(weights()).containsExactly("10.0.0.1:1.0");

    slow.complete(resolution(Resolution.FOREVER, "10.0.0.2"));
    loop.advance(Reconciler.COALESCE);
    assertThat(weights()).containsExactly("10.0.0.1:1.0", "10.0.0.2:1.0");
  }

  @Test
  void theFirstPlanWaitsForATargetThatIsNeededAndForNoOther() {
    CompletableFuture<Resolution> needed = new CompletableFuture<>();
    extensions.resolver("needed", () -> needed);
    extensions.resolver("slow", CompletableFuture::new);
    CompletableFuture<Void> firstPlan =
        start(
            service(
                "web",
                Optional.empty(),
                List.of(target("10.0.0.1", 1), neededTarget("needed"), target("slow", 1))));
    loop.advance(Reconciler.SETTLE_MAX.multipliedBy(10));
    assertThat(dataPlane.applied).isEmpty();

    needed.complete(resolution(Resolution.FOREVER, "10.0.0.2"));
    loop.advance(Reconciler.COALESCE);

    assertThat(firstPlan).isCompleted();
    assertThat(weights()).containsExactly("10.0.0.1:1.0", "10.0.0.2:1.0");
  }

  @Test
  void withoutANeededAnswerTheStartFails() {
    extensions.resolver(
        "needed", () -> CompletableFuture.failedFuture(new IOException("no such name")));
    CompletableFuture<Void> firstPlan =
        start(service("web", Optional.empty(), List.of(neededTarget("needed"))));

    assertThat(firstPlan)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining(
            "service \"web\": target needed has no answer, and at-start = \"fail\": no such name");
    loop.advance(Duration.ofMinutes(1));
    assertThat(dataPlane.applied).isEmpty();
  }

  @Test
  void aServiceWithoutAnyBackendSaysThatItDropsConnections() {
    extensions.resolver("nowhere", () -> answer(Duration.ofSeconds(5)));
    start(service("web", Optional.empty(), List.of(target("nowhere", 1))));

    assertThat(dataPlane.inForce().services().get(0).group().backends()).isEmpty();
    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly(
            "no backend; new connections are dropped", "target nowhere: resolves to nothing");
  }

  @Test
  void aBackendThatLeftDepartsUntilItsFlowsAreGone() {
    leaveWith("10.0.0.2");
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);

    loop.advance(Duration.ofSeconds(20));
    assertThat(departing()).containsExactly(endpoint("10.0.0.1"));
    assertThat(reconciler.snapshots().get(0).departing())
        .extracting(DepartingSnapshot::endpoint)
        .containsExactly(endpoint("10.0.0.1"));

    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 0);
    loop.advance(Duration.ofSeconds(2));
    assertThat(departing()).isEmpty();
  }

  @Test
  void aBackendWhoseFlowsDoNotEndIsGivenUpAfterTheDrainLimit() {
    leaveWith("10.0.0.2");
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);

    loop.advance(TestServices.DRAIN.minusSeconds(2));
    assertThat(departing()).hasSize(1);

    loop.advance(Duration.ofSeconds(5));
    assertThat(departing()).isEmpty();
  }

  @Test
  void aBackendThatComesBackInTimeNeverLeft() {
    leaveWith("10.0.0.2");
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 3);
    extensions.resolver("moving", () -> answer(Duration.ofSeconds(1), "10.0.0.1", "10.0.0.2"));

    loop.advance(Duration.ofSeconds(3));

    assertThat(departing()).isEmpty();
    assertThat(weights()).containsExactly("10.0.0.1:0.5", "10.0.0.2:0.5");
  }

  @Test
  void aModifierScalesWeights() {
    extensions.modifier = group -> new double[] {0.5, 0, 1};
    start(TestServices.withModifier(web()));

    assertThat(weights()).containsExactly("10.0.0.1:25.0", "10.0.0.2:0.0", "10.0.0.3:20.0");
  }

  @Test
  void aModifierThatMisbehavesCountsAsOneAndIsReported() {
    extensions.modifier = group -> new double[] {Double.NaN, 0, 0};
    start(TestServices.withModifier(web()));

    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:20.0");
    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly("\"scale\" is left out (1 failures): gave an answer that cannot be used");
  }

  @Test
  void aModifierThatThrowsIsAskedAgainAfterAPause() {
    int[] asked = {0};
    extensions.modifier =
        group -> {
          asked[0]++;
          throw new IllegalStateException("timed out after 1s");
        };
    start(TestServices.withModifier(web()));
    reconciler.factsChanged();
    loop.advance(Duration.ofSeconds(5));
    assertThat(asked[0]).isEqualTo(1);

    extensions.modifier = group -> new double[] {1, 1, 0};
    loop.advance(ExtensionCall.PAUSE_AFTER_FAILURE);

    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:30.0", "10.0.0.3:0.0");
    assertThat(reconciler.snapshots().get(0).problems()).isEmpty();
  }

  @Test
  void aModifierSeesHealthAndFlows() {
    dataPlane.activeFlows("web", endpoint("10.0.0.2"), 7);
    extensions.modifier =
        group -> group.stream().mapToDouble(view -> view.activeFlows() > 5 ? 0 : 1).toArray();
    start(TestServices.withModifier(web()));

    assertThat(weights()).containsExactly("10.0.0.1:50.0", "10.0.0.2:0.0", "10.0.0.3:20.0");
  }

  @Test
  void aRefusedFirstPlanFailsTheStart() {
    dataPlane.refusal = new DataPlaneException("table slots: 9 of 8 needed");
    CompletableFuture<Void> firstPlan = start(web());

    assertThat(firstPlan).isCompletedExceptionally();
  }

  @Test
  void aRefusedChangeIsStatusAndRetried() {
    start(web());
    dataPlane.refusal = new DataPlaneException("table slots: 9 of 8 needed");
    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);
    assertThat(reconciler.problem()).contains("table slots: 9 of 8 needed");
    assertThat(reconciler.snapshots().get(0).backends().get(0).effectiveWeight()).isEqualTo(50);

    dataPlane.refusal = null;
    loop.advance(Reconciler.RETRY_MAX);

    assertThat(reconciler.problem()).isEmpty();
    assertThat(weights()).contains("10.0.0.1:0.0");
  }

  @Test
  void aPersistentRefusalIsRetriedWithBackOff() {
    start(web());
    dataPlane.refusal = new DataPlaneException("no");
    extensions.checker.broken.add("10.0.0.1:8080");

    loop.advance(Duration.ofMinutes(5));

    assertThat(dataPlane.attempts).isBetween(10, 20);
  }

  @Test
  void goingBackToWhatIsInForceEndsTheProblem() {
    start(web());
    dataPlane.refusal = new DataPlaneException("no");
    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);

    extensions.checker.broken.clear();
    loop.advance(CHECKS);

    assertThat(reconciler.problem()).isEmpty();
    assertThat(dataPlane.applied).hasSize(1);
  }

  private void leaveWith(String stays) {
    extensions.resolver("moving", () -> answer(Duration.ofSeconds(1), "10.0.0.1", stays));
    start(service("web", Optional.empty(), List.of(target("moving", 1))));
    extensions.resolver("moving", () -> answer(Duration.ofSeconds(1), stays));
    loop.advance(Duration.ofMillis(1500));
    assertThat(weights()).containsExactly(stays + ":1.0");
    assertThat(departing()).containsExactly(endpoint("10.0.0.1"));
  }

  private static CompletableFuture<Resolution> answer(Duration validFor, String... addresses) {
    return CompletableFuture.completedFuture(resolution(validFor, addresses));
  }

  @Test
  void passesOverAddressesOfAnotherFamilyUnlessThereAreNoOthers() {
    extensions.resolver(
        "pool",
        () ->
            CompletableFuture.completedFuture(
                resolution(Resolution.FOREVER, "2001:db8::1", "10.0.0.1")));
    extensions.resolver(
        "only6",
        () -> CompletableFuture.completedFuture(resolution(Resolution.FOREVER, "2001:db8::2")));

    start(service("web", Optional.empty(), List.of(target("pool", 1), target("only6", 1))));

    assertThat(weights()).containsExactly("10.0.0.1:1.0");
    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly("target only6: 2001:db8::2 is not of the service's address family");
  }

  @Test
  void drainsTheBackendsOfATargetThatIsEmptyOnPurpose() {
    Resolution[] answer = {resolution(Duration.ofSeconds(1), "10.0.0.2")};
    extensions.resolver("pool", () -> CompletableFuture.completedFuture(answer[0]));
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 1), target("pool", 1))));
    assertThat(weights()).containsExactly("10.0.0.1:1.0", "10.0.0.2:1.0");

    answer[0] = Resolution.none(Duration.ofSeconds(1));
    loop.advance(Duration.ofMillis(1500));

    assertThat(weights()).containsExactly("10.0.0.1:1.0");
    assertThat(departing()).containsExactly(endpoint("10.0.0.2"));
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

  private List<Plan.Endpoint> departing() {
    return dataPlane.inForce().departing().stream().map(Plan.Departing::endpoint).toList();
  }

  private static BackendKey key(String address) {
    return new BackendKey("web", endpoint(address));
  }
}
