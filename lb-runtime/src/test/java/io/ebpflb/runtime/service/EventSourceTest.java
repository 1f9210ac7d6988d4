package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.endpoint;
import static io.ebpflb.runtime.service.TestServices.resolution;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Event;
import io.ebpflb.api.Resolution;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What plugins are told while services change. */
class EventSourceTest extends ServicesFixture {
  private int asked;

  private List<String> told() {
    List<String> told = extensions.published.stream().map(EventSourceTest::text).toList();
    extensions.published.clear();
    return told;
  }

  private static String text(Event event) {
    String name = event.getClass().getSimpleName() + " ";
    Event.OfBackend of = (Event.OfBackend) event;
    String backend = name + of.backend().address().getHostAddress();
    if (event instanceof Event.WeightChanged changed) {
      return backend + " " + changed.before() + "->" + changed.now();
    }
    if (event instanceof Event.ConnectFailures failures) {
      return backend + " " + failures.refused() + "+" + failures.unanswered();
    }
    if (event instanceof Event.DrainEnded drain) {
      return backend + " " + drain.outcome();
    }
    return event instanceof Event.HealthChanged changed
        ? backend + " " + changed.isHealthy()
        : backend;
  }

  @Test
  void tellsOfBackendsAndTheirHealth() {
    start(service("web", Optional.of(check(1, 1)), List.of(target("10.0.0.1", 3))));
    assertThat(told()).containsExactly("BackendAdded 10.0.0.1", "WeightChanged 10.0.0.1 0.0->3.0");

    extensions.checker.broken.add("10.0.0.1:8080");
    loop.advance(Duration.ofSeconds(10));

    assertThat(told()).containsExactly("HealthChanged 10.0.0.1 false");
  }

  @Test
  void tellsOfBackendsThatLeaveAndTheirDrain() {
    extensions.resolver(
        "pool",
        () ->
            CompletableFuture.completedFuture(
                resolution(Resolution.FOREVER, asked++ == 0 ? "10.0.0.1" : "10.0.0.2")));
    start(service("web", Optional.empty(), List.of(target("pool", 1))));
    told();

    reconciler.refresh(Set.of(target("pool", 1).resolver().extension().name()));
    loop.advance(Duration.ofSeconds(1));

    assertThat(told())
        .containsExactly(
            "BackendRemoved 10.0.0.1",
            "BackendAdded 10.0.0.2",
            "WeightChanged 10.0.0.2 0.0->1.0",
            "DrainStarted 10.0.0.1");
    loop.advance(Duration.ofSeconds(90));
    assertThat(told()).containsExactly("DrainEnded 10.0.0.1 COMPLETED");
  }

  @Test
  void tellsHowEachDrainOfAnOperatorEnds() {
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 1), target("10.0.0.2", 1))));
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 1);
    told();

    setState(AdminState.DRAIN);
    assertThat(told()).containsExactly("WeightChanged 10.0.0.1 1.0->0.0", "DrainStarted 10.0.0.1");
    setState(AdminState.MAINTENANCE);
    loop.advance(Duration.ofSeconds(4));
    assertThat(told()).containsExactly("DrainEnded 10.0.0.1 CANCELLED", "DrainStarted 10.0.0.1");
    loop.advance(Duration.ofSeconds(4));
    assertThat(told()).containsExactly("DrainEnded 10.0.0.1 TIMED_OUT");
    setState(AdminState.READY);
    assertThat(told()).containsExactly("WeightChanged 10.0.0.1 0.0->1.0");
    setState(AdminState.DRAIN);
    setState(AdminState.READY);
    assertThat(told())
        .containsExactly(
            "WeightChanged 10.0.0.1 1.0->0.0",
            "DrainStarted 10.0.0.1",
            "WeightChanged 10.0.0.1 0.0->1.0",
            "DrainEnded 10.0.0.1 CANCELLED");
    dataPlane.activeFlows("web", endpoint("10.0.0.1"), 0);
    setState(AdminState.DRAIN);
    told();
    loop.advance(Duration.ofSeconds(3));
    assertThat(told()).containsExactly("DrainEnded 10.0.0.1 COMPLETED");
  }

  private void setState(AdminState state) {
    operations.setAdminState("web", "10.0.0.1:8080", state, Optional.of(Duration.ofSeconds(5)));
    loop.advance(Duration.ofMillis(100));
  }

  @Test
  void tellsOfTheDrainsOfAServiceThatWasRemoved() {
    Configuration.Service other = service("other", Optional.empty(), List.of(target("pool", 1)));
    extensions.resolver(
        "pool",
        () -> CompletableFuture.completedFuture(resolution(Resolution.FOREVER, "10.0.0.9")));
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 1))), other);
    dataPlane.activeFlows("other", endpoint("10.0.0.9"), 1);
    told();

    replace(false, service("web", Optional.empty(), List.of(target("10.0.0.1", 1))));
    assertThat(told()).containsExactly("BackendRemoved 10.0.0.9", "DrainStarted 10.0.0.9");
    dataPlane.activeFlows("other", endpoint("10.0.0.9"), 0);
    loop.advance(Duration.ofSeconds(5));
    assertThat(told()).containsExactly("DrainEnded 10.0.0.9 COMPLETED");
  }

  @Test
  void leavesResolversOfOtherNamesAlone() {
    extensions.resolver(
        "pool",
        () -> {
          asked++;
          return CompletableFuture.completedFuture(resolution(Resolution.FOREVER, "10.0.0.1"));
        });
    start(service("web", Optional.empty(), List.of(target("pool", 1))));

    reconciler.refresh(Set.of("other"));
    loop.run();

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void asksAgainWhenRefreshedWhileAResolutionIsUnderWay() {
    CompletableFuture<Resolution> slow = new CompletableFuture<>();
    extensions.resolver(
        "pool",
        () ->
            asked++ == 0
                ? slow
                : CompletableFuture.completedFuture(resolution(Resolution.FOREVER, "10.0.0.2")));
    Configuration.Service web = service("web", Optional.empty(), List.of(target("pool", 1)));
    start(web);

    reconciler.refresh(Set.of(target("pool", 1).resolver().extension().name()));
    loop.run();
    assertThat(asked).isEqualTo(1);
    slow.complete(resolution(Resolution.FOREVER, "10.0.0.1"));
    loop.advance(Duration.ofSeconds(1));

    assertThat(asked).isEqualTo(2);
    assertThat(reconciler.snapshots().get(0).backends())
        .extracting(BackendSnapshot::name)
        .containsExactly("10.0.0.2:8080");
  }

  @Test
  void tellsOfFailedConnectionsOnlyToListeners() {
    start(service("web", Optional.empty(), List.of(target("10.0.0.1", 3))));
    told();
    BackendKey key = new BackendKey("web", endpoint("10.0.0.1"));
    count(key, 1, 0);
    loop.advance(Duration.ofSeconds(2));
    assertThat(told()).isEmpty();

    extensions.wantsEvents = true;
    loop.advance(Duration.ofSeconds(2));
    count(key, 4, 2);
    loop.advance(Duration.ofSeconds(2));

    assertThat(told()).containsExactly("ConnectFailures 10.0.0.1 3+2");
  }

  private void count(BackendKey key, long refused, long unanswered) {
    dataPlane.counters.put(key, new BackendCounters(0, 0, 0, 0, 0, 0, refused, unanswered, 0));
  }
}
