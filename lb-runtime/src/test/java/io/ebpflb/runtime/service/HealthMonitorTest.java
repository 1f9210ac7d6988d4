package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import io.ebpflb.runtime.service.ServiceChecks.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {
  private static final Plan.Endpoint A = endpoint("10.0.0.1");
  private static final Plan.Endpoint B = endpoint("10.0.0.2");
  private static final HealthCheck CHECK = check(2, 2);

  private final ManualLoop loop = new ManualLoop();
  private final FakeChecker checker = new FakeChecker();
  private final List<Duration> latencies = new ArrayList<>();
  private int verdictChanges;
  private final HealthMonitor monitor =
      new HealthMonitor(
          loop,
          new SplittableRandom(7),
          (backend, result, latency) -> latencies.add(latency),
          name -> verdictChanges++);

  @Test
  void aBackendWithoutAVerdictCountsAsHealthy() {
    watch(A);

    assertThat(state(A)).isEqualTo(State.UNKNOWN);
    assertThat(monitor.health(key(A)).isHealthy()).isTrue();
  }

  @Test
  void aFailingBackendGoesDownWithinFallIntervalsAndComesBack() {
    watch(A, B);
    loop.advance(CHECK.interval());
    assertThat(state(A)).isEqualTo(State.UP);

    checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECK.interval().multipliedBy(2));
    assertThat(state(A)).isEqualTo(State.DOWN);
    assertThat(state(B)).isEqualTo(State.UP);
    assertThat(monitor.health(key(A)).detail()).isEqualTo("connection refused");
    assertThat(verdictChanges).isEqualTo(1);

    checker.broken.clear();
    loop.advance(CHECK.interval().multipliedBy(2));
    assertThat(state(A)).isEqualTo(State.UP);
    assertThat(verdictChanges).isEqualTo(2);
  }

  @Test
  void firstChecksAreSpreadOverTheInterval() {
    Set<Plan.Endpoint> many = new HashSet<>();
    for (int i = 1; i <= 200; i++) {
      many.add(endpoint("10.0.1." + i));
    }
    watch(many, CHECK, checker);

    loop.advance(CHECK.interval().dividedBy(2));
    assertThat(checker.checks()).isBetween(70, 130);
    loop.advance(CHECK.interval().dividedBy(2));
    assertThat(checker.checks()).isGreaterThanOrEqualTo(200);
  }

  @Test
  void atMostOneCheckOfABackendIsUnderWay() {
    checker.holds = true;
    watch(A);
    loop.advance(CHECK.interval());
    assertThat(checker.checks()).isEqualTo(1);

    loop.advance(CHECK.timeout().dividedBy(2));
    assertThat(checker.checks()).isEqualTo(1);
  }

  @Test
  void aCheckThatNeverAnswersFailsAndIsCancelled() {
    checker.holds = true;
    watch(A);

    loop.advance(Duration.ofSeconds(3));

    assertThat(state(A)).isEqualTo(State.DOWN);
    assertThat(monitor.health(key(A)).detail()).isEqualTo("no answer within 200ms");
    assertThat(checker.held.get(0)).isCancelled();
    assertThat(latencies.get(0)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void anAnswerAfterTheTimeoutChangesNothing() {
    checker.holds = true;
    watch(A);
    loop.advance(Duration.ofSeconds(3));
    long failures = monitor.health(key(A)).failedChecks();

    checker.held.get(0).complete(CheckResult.passed("late"));
    loop.run();

    assertThat(monitor.health(key(A)).failedChecks()).isEqualTo(failures);
    assertThat(monitor.health(key(A)).passedChecks()).isZero();
  }

  @Test
  void aCheckerThatThrowsOrGivesNullIsAFailedCheck() {
    watch(
        Set.of(A),
        CHECK,
        (backend, timeout) -> {
          throw new IllegalStateException("no route");
        });
    monitor.watch("mail", Map.of(A, new Check(CHECK, (backend, timeout) -> null)));
    loop.advance(Duration.ofSeconds(2));

    assertThat(state(A)).isEqualTo(State.DOWN);
    assertThat(monitor.health(key(A)).detail()).isEqualTo("no route");
    assertThat(monitor.health(new BackendKey("mail", A)).state()).isEqualTo(State.DOWN);
  }

  @Test
  void aBackendThatLeftIsForgottenAndNotCheckedAnyMore() {
    checker.broken.add("10.0.0.1:8080");
    watch(A, B);
    loop.advance(Duration.ofSeconds(2));
    watch(B);
    loop.run();
    assertThat(state(A)).isEqualTo(State.UNKNOWN);

    checker.checked.clear();
    loop.advance(Duration.ofSeconds(2));
    assertThat(checker.checked).isNotEmpty().containsOnly("10.0.0.2:8080");
  }

  @Test
  void watchingTheSameBackendsAgainDisturbsNothing() {
    checker.broken.add("10.0.0.1:8080");
    watch(A);
    loop.advance(Duration.ofSeconds(2));

    watch(A, B);
    loop.run();

    assertThat(state(A)).isEqualTo(State.DOWN);
  }

  @Test
  void checksInFlightAreLimitedAndTheRestWaitsForItsTurn() {
    checker.holds = true;
    Set<Plan.Endpoint> many = new HashSet<>();
    for (int i = 0; i < HealthMonitor.IN_FLIGHT_MAX + 88; i++) {
      many.add(endpoint("10.1." + i / 250 + "." + (i % 250 + 1)));
    }
    HealthCheck patient =
        new HealthCheck(
            TestServices.CHECKER,
            OptionalInt.empty(),
            CHECK.interval(),
            Duration.ofHours(1),
            2,
            2,
            Duration.ZERO);
    watch(many, patient, checker);
    loop.advance(Duration.ofSeconds(5));
    assertThat(checker.checks()).isEqualTo(HealthMonitor.IN_FLIGHT_MAX);

    checker.held.subList(0, 88).forEach(held -> held.complete(CheckResult.passed("ok")));
    loop.run();
    assertThat(checker.checks()).isEqualTo(HealthMonitor.IN_FLIGHT_MAX + 88);
  }

  @Test
  void leavingWhileBeingCheckedMakesRoomForOthers() {
    checker.holds = true;
    watch(A);
    loop.advance(CHECK.interval());

    watch();
    loop.run();

    assertThat(checker.held.get(0)).isCancelled();
    checker.holds = false;
    watch(B);
    loop.advance(CHECK.interval());
    assertThat(state(B)).isEqualTo(State.UP);
  }

  @Test
  void aCheckThatIsAskedForRunsAtOnceAndTellsWhatItSaw() {
    watch(A);
    loop.advance(CHECK.interval());
    checker.broken.add("10.0.0.1:8080");
    int before = checker.checks();

    CompletableFuture<HealthSnapshot> asked = monitor.checkNow(key(A));
    loop.run();

    assertThat(checker.checks()).isEqualTo(before + 1);
    assertThat(asked).isCompletedWithValueMatching(s -> s.detail().equals("connection refused"));

    CompletableFuture<HealthSnapshot> unknown = monitor.checkNow(key(B));
    loop.run();
    assertThat(unknown).isCompletedExceptionally();
  }

  @Test
  void aCheckThatRunsAnswersWhoAsks() {
    checker.holds = true;
    watch(A);
    loop.advance(CHECK.interval());

    CompletableFuture<HealthSnapshot> asked = monitor.checkNow(key(A));
    loop.run();
    assertThat(asked).isNotDone();
    checker.held.get(0).complete(CheckResult.passed("ok"));
    loop.run();

    assertThat(asked).isCompletedWithValueMatching(s -> s.state() == State.UP);
    assertThat(checker.checks()).isEqualTo(1);
  }

  @Test
  void theLastErrorIsKeptWhenAllIsWellAgain() {
    watch(A);
    checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECK.interval());
    checker.broken.clear();
    loop.advance(CHECK.interval().multipliedBy(3));

    HealthSnapshot health = monitor.health(key(A));
    assertThat(health.detail()).isEqualTo("connected");
    assertThat(health.lastError()).contains("connection refused");
    assertThat(health.lastErrorAt().orElseThrow()).isBefore(health.checkedAt().orElseThrow());
  }

  @Test
  void aBackendThatIsBackClimbsInSteps() {
    Duration step = Duration.ofSeconds(10);
    HealthCheck climbing =
        new HealthCheck(
            TestServices.CHECKER,
            OptionalInt.empty(),
            CHECK.interval(),
            CHECK.timeout(),
            1,
            1,
            step);
    watch(Set.of(A), climbing, checker);
    loop.advance(CHECK.interval());
    assertThat(monitor.recovery(key(A), step)).isEqualTo(1);

    checker.broken.add("10.0.0.1:8080");
    loop.advance(CHECK.interval());
    checker.broken.clear();
    while (state(A) != State.UP) {
      loop.advance(Duration.ofMillis(1));
    }
    verdictChanges = 0;
    for (double share : new double[] {0.25, 0.5, 0.75, 1, 1}) {
      assertThat(monitor.recovery(key(A), step)).isEqualTo(share);
      loop.advance(step);
    }
    assertThat(verdictChanges).isEqualTo(3);
  }

  @Test
  void anotherPortIsAskedButTheBackendIsWhatIsTold() {
    HealthCheck other = check(TestServices.CHECKER, OptionalInt.of(9000), 2, 2);
    List<Backend> told = new ArrayList<>();
    HealthMonitor observed =
        new HealthMonitor(
            loop,
            new SplittableRandom(7),
            (backend, result, latency) -> told.add(backend),
            name -> {});

    observed.watch("web", Map.of(A, new Check(other, checker)));
    loop.advance(CHECK.interval());

    assertThat(checker.checked).isNotEmpty().containsOnly("10.0.0.1:9000");
    assertThat(told).isNotEmpty().containsOnly(Backend.of("web", A.address(), 8080));
  }

  @Test
  void onlyTheBackendWhoseCheckChangedIsAskedOtherwise() {
    FakeChecker another = new FakeChecker();
    checker.broken.add("10.0.0.2:8080");
    watch(A, B);
    loop.advance(CHECK.interval().multipliedBy(3));
    assertThat(state(B)).isEqualTo(State.DOWN);
    long passed = monitor.health(key(A)).passedChecks();
    checker.checked.clear();

    monitor.watch("web", Map.of(A, new Check(CHECK, checker), B, new Check(CHECK, another)));
    loop.run();
    assertThat(state(B)).isEqualTo(State.DOWN);
    loop.advance(CHECK.interval().multipliedBy(3));

    assertThat(state(B)).isEqualTo(State.UP);
    assertThat(monitor.health(key(A)).passedChecks()).isGreaterThan(passed);
    assertThat(checker.checked).containsOnly("10.0.0.1:8080");
    assertThat(another.checked).containsOnly("10.0.0.2:8080");
  }

  private void watch(Plan.Endpoint... endpoints) {
    watch(Set.of(endpoints), CHECK, checker);
  }

  private void watch(Set<Plan.Endpoint> endpoints, HealthCheck settings, HealthChecker by) {
    monitor.watch(
        "web",
        endpoints.stream()
            .collect(Collectors.toMap(Function.identity(), each -> new Check(settings, by))));
  }

  private State state(Plan.Endpoint endpoint) {
    return monitor.health(key(endpoint)).state();
  }

  private static BackendKey key(Plan.Endpoint endpoint) {
    return new BackendKey("web", endpoint);
  }
}
