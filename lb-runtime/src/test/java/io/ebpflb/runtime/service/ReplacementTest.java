package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.endpoint;
import static io.ebpflb.runtime.service.TestServices.neededTarget;
import static io.ebpflb.runtime.service.TestServices.resolution;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Protocol;
import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.config.Configuration.Group;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Target;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.service.ConfigDiff.Kind;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Services of another config in the place of those that run. */
class ReplacementTest extends ServicesFixture {
  private static final Duration CHECKS = Duration.ofMillis(1500);
  private static final Duration DRAIN = Duration.ofSeconds(60);

  @Test
  void aServiceThatDidNotChangeIsLeftAlone() {
    start(web("10.0.0.1", "10.0.0.2"), other("10.0.1.1"));
    BalancedService other = reconciler.findService("other").orElseThrow();
    extensions.checker.broken.add("10.0.1.1:8080");
    loop.advance(CHECKS);

    ConfigDiff diff = replace(web("10.0.0.1", "10.0.0.3"), other("10.0.1.1"));

    assertThat(reconciler.findService("other")).containsSame(other);
    assertThat(backend("other", "10.0.1.1").health().state()).isEqualTo(State.DOWN);
    assertThat(diff.services()).extracting("name").containsExactly("web");
    assertThat(extensions.closed).containsExactly("10.0.0.2");
  }

  @Test
  void addedServicesAndBackendsAreInForceWhenItReturns() {
    start(web("10.0.0.1"));

    ConfigDiff diff = replace(web("10.0.0.1", "10.0.0.2"), other("10.0.1.1"));

    assertThat(weights("web")).containsExactly("10.0.0.1:1.0", "10.0.0.2:1.0");
    assertThat(weights("other")).containsExactly("10.0.1.1:1.0");
    assertThat(diff.services()).extracting("kind").containsExactly(Kind.CHANGED, Kind.ADDED);
    assertThat(diff.services().get(0).settings()).containsExactly("target");
    assertThat(reconciler.snapshots()).extracting("name").containsExactly("web", "other");
  }

  @Test
  void aVerdictOutlivesAChangeOfWeightAndOfTheCheckItself() {
    start(web("10.0.0.1", "10.0.0.2"));
    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);

    replace(service("web", 80, check(3, 3), target("10.0.0.1", 7), target("10.0.0.2", 1)));

    assertThat(weights("web")).containsExactly("10.0.0.1:0.0", "10.0.0.2:1.0");
    extensions.checker.broken.clear();
    loop.advance(CHECKS.multipliedBy(2));
    assertThat(weights("web")).containsExactly("10.0.0.1:7.0", "10.0.0.2:1.0");
    assertThat(extensions.closed).isEmpty();
  }

  @Test
  void aVerdictOutlivesACheckOfItsOwnForAnotherTarget() {
    start(web("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    extensions.checker.broken.addAll(List.of("10.0.0.1:8080", "10.0.0.2:8080"));
    loop.advance(CHECKS);
    HealthSnapshot before = backend("web", "10.0.0.1").health();

    replace(
        service(
            "web",
            80,
            check(2, 2),
            target("10.0.0.1", 1),
            target(
                "10.0.0.2", 1, Optional.of(check(TestServices.CHECKER, OptionalInt.of(9), 1, 1))),
            target("10.0.0.3", 1, Optional.empty())));

    assertThat(weights("web")).containsExactly("10.0.0.1:0.0", "10.0.0.2:0.0", "10.0.0.3:1.0");
    assertThat(backend("web", "10.0.0.1").health()).isEqualTo(before);
    assertThat(backend("web", "10.0.0.3").check()).isEmpty();
    extensions.checker.broken.add("10.0.0.3:8080");
    loop.advance(CHECKS);
    assertThat(weights("web")).containsExactly("10.0.0.1:0.0", "10.0.0.2:1.0", "10.0.0.3:1.0");
    assertThat(extensions.checker.checked).contains("10.0.0.2:9");
  }

  @Test
  void ofTwoTargetsForOneBackendTheOneWithACheckOfItsOwnDecides() {
    start(
        service(
            "web",
            80,
            check(2, 2),
            target("10.0.0.1", 1),
            target("10.0.0.1", 1, Optional.empty())));
    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECKS);

    assertThat(extensions.checker.checked).isEmpty();
    assertThat(backend("web", "10.0.0.1").check()).isEmpty();
  }

  @Test
  void aRemovedBackendDrainsAndMayComeBack() {
    start(web("10.0.0.1", "10.0.0.2"));
    dataPlane.activeFlows("web", endpoint("10.0.0.2"), 3);

    ConfigDiff diff = replace(web("10.0.0.1"));

    assertThat(diff.services().get(0).drainingFlows()).isEqualTo(3);
    assertThat(departing()).containsExactly("web 10.0.0.2");
    loop.advance(Duration.ofSeconds(20));
    assertThat(departing()).containsExactly("web 10.0.0.2");
    replace(web("10.0.0.1", "10.0.0.2"));
    assertThat(departing()).isEmpty();
    replace(web("10.0.0.1"));
    dataPlane.activeFlows("web", endpoint("10.0.0.2"), 0);
    loop.advance(Duration.ofSeconds(3));
    assertThat(departing()).isEmpty();
  }

  @Test
  void aRemovedServiceKeepsItsAddressUntilItsFlowsAreOver() {
    start(web("10.0.0.1"), other("10.0.1.1"));
    dataPlane.activeFlows("other", endpoint("10.0.1.1"), 1);

    replace(web("10.0.0.1"));

    assertThat(departing()).containsExactly("other 10.0.1.1");
    Plan.Service closed = dataPlane.inForce().closing().get(0);
    assertThat(closed.port()).isEqualTo(81);
    assertThat(closed.group().backends()).isEmpty();
    assertThat(reconciler.snapshots()).extracting("name").containsExactly("web");

    dataPlane.activeFlows("other", endpoint("10.0.1.1"), 0);
    loop.advance(Duration.ofSeconds(3));
    assertThat(dataPlane.inForce().services()).extracting("name").containsExactly("web");
    assertThat(dataPlane.inForce().closing()).isEmpty();
    assertThat(dataPlane.inForce().departing()).isEmpty();
  }

  @Test
  void aServiceThatComesBackGoesOnWithWhatWasLeaving() {
    start(web("10.0.0.1"), other("10.0.1.1", "10.0.1.2"));
    dataPlane.activeFlows("other", endpoint("10.0.1.1"), 1);
    dataPlane.activeFlows("other", endpoint("10.0.1.2"), 1);
    replace(web("10.0.0.1"));

    replace(web("10.0.0.1"), other("10.0.1.1"));

    assertThat(departing()).containsExactly("other 10.0.1.2");
    assertThat(weights("other")).containsExactly("10.0.1.1:1.0");
    assertThat(dataPlane.inForce().services()).hasSize(2);
    assertThat(dataPlane.inForce().closing()).isEmpty();
  }

  @Test
  void anAddressThatAServiceLeftStaysClaimedForTheDrainTime() {
    start(web("10.0.0.1"));

    replace(service("web", 8081, check(2, 2), target("10.0.0.1", 1)));

    assertThat(dataPlane.inForce().services()).extracting("port").containsExactly(8081);
    assertThat(dataPlane.inForce().closing()).extracting("port").containsExactly(80);
    loop.advance(DRAIN.plusSeconds(1));
    replace(service("web", 8081, check(2, 3), target("10.0.0.1", 1)));
    assertThat(dataPlane.inForce().closing()).isEmpty();
  }

  @Test
  void anAddressThatAnotherServiceTakesIsItsOwnAtOnce() {
    start(web("10.0.0.1"));

    replace(service("new", 80, check(2, 2), target("10.0.0.9", 1)));

    assertThat(dataPlane.inForce().services()).extracting("name").containsExactly("new");
    assertThat(dataPlane.inForce().closing()).isEmpty();
    assertThat(departing()).containsExactly("web 10.0.0.1");
  }

  @Test
  void aRefusalOfTheDataPlaneChangesNothing() {
    start(web("10.0.0.1", "10.0.0.2"), other("10.0.1.1"));
    Plan before = dataPlane.inForce();
    List<ServiceSnapshot> snapshots = reconciler.snapshots();
    dataPlane.refusal = new DataPlaneException("no room");

    CompletableFuture<ConfigComparison> refused =
        replace(false, web("10.0.0.1", "10.0.0.3"), service("third", 83, check(2, 2)));

    assertThat(refused).isCompletedExceptionally();
    dataPlane.refusal = null;
    loop.advance(DRAIN);
    assertThat(dataPlane.inForce()).isSameAs(before);
    assertThat(reconciler.snapshots()).extracting("name").containsExactly("web", "other");
    assertThat(reconciler.snapshots().get(0).backends()).hasSize(2);
    assertThat(reconciler.snapshots().get(0).departing())
        .isEqualTo(snapshots.get(0).departing())
        .isEmpty();
    assertThat(extensions.closed).containsExactly("10.0.0.3");
  }

  @Test
  void aDrainUnderWayGoesOnAfterARefusal() {
    start(web("10.0.0.1", "10.0.0.2"));
    dataPlane.activeFlows("web", endpoint("10.0.0.2"), 1);
    replace(web("10.0.0.1"));
    dataPlane.refusal = new DataPlaneException("no room");

    assertThat(replace(false, web("10.0.0.1", "10.0.0.2"))).isCompletedExceptionally();

    dataPlane.refusal = null;
    loop.advance(Duration.ofSeconds(5));
    assertThat(departing()).containsExactly("web 10.0.0.2");
  }

  @Test
  void aRefusalOfAPluginChangesNothing() {
    start(web("10.0.0.1"));
    extensions.refused = "10.0.0.7";

    assertThatThrownBy(() -> replace(false, web("10.0.0.1", "10.0.0.6", "10.0.0.7")))
        .isInstanceOf(ExtensionException.class)
        .hasMessageContaining("service \"web\"");

    loop.advance(CHECKS);
    assertThat(dataPlane.applied).hasSize(1);
    assertThat(extensions.closed).containsExactly("10.0.0.6");
  }

  @Test
  void answersOfAResolverOutliveAChangeAroundThem() {
    extensions.resolver(
        "moving",
        () ->
            CompletableFuture.completedFuture(
                resolution(Resolution.FOREVER, "10.0.0.1", "10.0.0.2")));
    start(service("web", 80, check(2, 2), target("moving", 1)));
    extensions.resolver("moving", CompletableFuture::new);

    replace(service("web", 80, check(2, 2), target("moving", 4)));

    assertThat(weights("web")).containsExactly("10.0.0.1:2.0", "10.0.0.2:2.0");
  }

  @Test
  void aSlowResolverHoldsUpAReloadOnlyForAMoment() {
    start(web("10.0.0.1"));
    extensions.resolver("slow", CompletableFuture::new);

    CompletableFuture<ConfigComparison> done =
        replace(false, service("web", 80, check(2, 2), target("10.0.0.1", 1), target("slow", 1)));

    assertThat(done).isNotDone();
    loop.advance(Reconciler.SETTLE_MAX);
    assertThat(done).isCompleted();
    assertThat(weights("web")).containsExactly("10.0.0.1:1.0");
  }

  @Test
  void aReloadFailsWithoutAnAnswerThatItNeedsAndLaterFailuresAreForgiven() {
    start(web("10.0.0.1"));
    extensions.resolver(
        "needed", () -> CompletableFuture.failedFuture(new IOException("no such name")));
    Configuration.Service wanted =
        service("web", 80, check(2, 2), target("10.0.0.1", 1), neededTarget("needed"));

    assertThat(replace(false, wanted)).isCompletedExceptionally();
    assertThat(replace(true, wanted)).isCompletedExceptionally();
    loop.advance(CHECKS);
    assertThat(dataPlane.applied).hasSize(1);
    assertThat(extensions.closed).containsExactly("needed", "needed");

    extensions.resolver(
        "needed",
        () -> CompletableFuture.completedFuture(resolution(Duration.ofSeconds(5), "10.0.0.2")));
    replace(wanted);
    extensions.resolver("needed", () -> CompletableFuture.failedFuture(new IOException("gone")));
    loop.advance(Duration.ofSeconds(10));
    replace(service("web", 80, check(3, 3), target("10.0.0.1", 1), neededTarget("needed")));
    assertThat(weights("web")).containsExactly("10.0.0.1:1.0", "10.0.0.2:1.0");
  }

  @Test
  void aPreviewSaysWhatWouldMoveAndChangesNothing() {
    start(web("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"));
    dataPlane.activeFlows("web", endpoint("10.0.0.4"), 9);

    CompletableFuture<ConfigComparison> trial =
        replace(true, web("10.0.0.1", "10.0.0.2", "10.0.0.3"));

    assertThat(trial).isCompleted();
    ConfigDiff diff = trial.join().diff();

    assertThat(diff.services().get(0).drainingFlows()).isEqualTo(9);
    // A quarter must move, and little else does.
    assertThat(diff.services().get(0).movedShare()).isBetween(0.25, 0.27);
    loop.advance(CHECKS);
    assertThat(dataPlane.applied).hasSize(1);
    assertThat(reconciler.snapshots().get(0).backends()).hasSize(4);
    assertThat(extensions.closed).isEmpty();
  }

  @Test
  void whatIsAppliedIsWhatAFreshStartWouldApply() {
    start(web("10.0.0.1", "10.0.0.2"), other("10.0.1.1"));
    replace(other("10.0.1.2"), web("10.0.0.3"));
    dataPlane.counters.clear();
    loop.advance(DRAIN);
    Plan reloaded = dataPlane.inForce();

    start(other("10.0.1.2"), web("10.0.0.3"));

    assertThat(reloaded).isEqualTo(dataPlane.inForce());
    try (MemoryDataPlane memory = new MemoryDataPlane()) {
      memory.apply(reloaded);
    }
  }

  private ConfigDiff replace(Configuration.Service... services) {
    CompletableFuture<ConfigComparison> done = replace(false, services);
    assertThat(done).isCompleted();
    return done.join().diff();
  }

  private static Configuration.Service web(String... addresses) {
    return service("web", 80, check(2, 2), targets(addresses));
  }

  private static Configuration.Service other(String... addresses) {
    return service("other", 81, check(2, 2), targets(addresses));
  }

  private static Target[] targets(String... addresses) {
    return List.of(addresses).stream().map(address -> target(address, 1)).toArray(Target[]::new);
  }

  private static Configuration.Service service(
      String name, int port, HealthCheck check, Target... targets) {
    return new Configuration.Service(
        name,
        Optional.of(TestServices.address("203.0.113.10")),
        port,
        Protocol.TCP,
        Algorithm.MAGLEV,
        new Group(List.of(targets)),
        List.of(),
        Optional.of(check),
        DRAIN,
        List.of(),
        List.of());
  }

  private BackendSnapshot backend(String service, String address) {
    return reconciler.snapshots().stream()
        .filter(each -> each.name().equals(service))
        .flatMap(each -> each.backends().stream())
        .filter(each -> each.endpoint().equals(endpoint(address)))
        .findFirst()
        .orElseThrow();
  }

  private List<String> departing() {
    return dataPlane.inForce().departing().stream()
        .map(each -> each.service() + " " + each.endpoint().address().getHostAddress())
        .toList();
  }
}
