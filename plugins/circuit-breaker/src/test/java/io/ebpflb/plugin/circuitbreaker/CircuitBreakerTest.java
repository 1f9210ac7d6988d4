package io.ebpflb.plugin.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Event;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.testing.FakeBackend;
import io.ebpflb.testing.TestingContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private static final CircuitBreakerSettings SETTINGS =
      new CircuitBreakerSettings(50, 10, Duration.ofSeconds(10), Duration.ofSeconds(5), 10, 3);

  private final TestingContext context = new TestingContext();
  private final Circuits circuits = new Circuits();
  private final Agent agent = new CircuitAgent(circuits, context);
  private final WeightModifier breaker = circuits.breaker(SETTINGS, context);
  private final FakeBackend one = backend(1);
  private final FakeBackend two = backend(2);

  /** It has a history when the breaker comes. */
  private static FakeBackend backend(int number) {
    return FakeBackend.at("10.0.0." + number + ":8080")
        .weight(50)
        .answer(1_000)
        .refuse(500)
        .ignore(100);
  }

  private double[] factors() {
    context.advance(Duration.ofSeconds(1));
    return breaker.factors(List.of(one, two));
  }

  private void tripOne() {
    factors();
    one.refuse(10);
    factors();
  }

  @Test
  void whatWasBeforeItCameDoesNotCount() {
    assertThat(factors()).containsExactly(1, 1);
    assertThat(factors()).containsExactly(1, 1);
  }

  @Test
  void refusedAndUnansweredConnectionsOpenTheCircuit() {
    factors();
    one.refuse(3);
    one.ignore(2);
    one.answer(5);
    assertThat(factors()).containsExactly(0, 1);
    assertThat(context.announced())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.name()).isEqualTo("circuit-open");
              assertThat(event.subject()).isEqualTo("web/10.0.0.1:8080");
              assertThat(event.detail())
                  .isEqualTo("circuit open, was closed, 50 % of the window's connections failed");
            });
    assertThat(context.metrics().find("state", "web", "10.0.0.1:8080")).hasValue(1.0);
    assertThat(context.metrics().find("error_rate", "web", "10.0.0.1:8080")).hasValue(0.5);
  }

  @Test
  void triesAShareAndClosesAgain() {
    tripOne();
    context.advance(Duration.ofSeconds(4));
    assertThat(factors()).containsExactly(0.1, 1);
    one.answer(3);
    assertThat(factors()).containsExactly(1, 1);
    assertThat(context.announced())
        .extracting(Event.Announced::name)
        .containsExactly("circuit-open", "circuit-half-open", "circuit-closed");
  }

  @Test
  void failedChecksCountAndPassedOnesOnlyInSilence() {
    factors();
    for (int i = 0; i < 10; i++) {
      check(one, true);
    }
    one.refuse(10);
    assertThat(factors()).containsExactly(0, 1);
    factors();
    for (int i = 0; i < 10; i++) {
      check(two, false);
    }
    assertThat(factors()).as("none is closed: aside").containsExactly(1, 1);
    context.advance(Duration.ofSeconds(5));
    factors();
    for (int i = 0; i < 3; i++) {
      check(one, true);
    }
    assertThat(factors()).containsExactly(1, 0.1);
  }

  private void check(FakeBackend view, boolean isPassed) {
    context.tell(
        new Event.HealthChecked(context.clock().instant(), view.backend(), isPassed, "detail"));
  }

  @Test
  void withNoClosedCircuitItStandsAside() {
    tripOne();
    two.refuse(10);
    assertThat(factors()).containsExactly(1, 1);
  }

  @Test
  void aClosedCircuitThatMayNotBeUsedIsNone() {
    tripOne();
    two.healthy(false);
    assertThat(factors()).containsExactly(1, 1);
    two.healthy(true);
    two.ready(false);
    assertThat(factors()).containsExactly(1, 1);
    two.ready(true);
    assertThat(factors()).containsExactly(0, 1);
  }

  @Test
  void operatorsForceAndReset() {
    factors();
    int replans = context.replans();
    assertThat(context.call("circuit open", new CircuitName("web", "10.0.0.1:8080")).message())
        .isEqualTo("circuit of web/10.0.0.1:8080 is open until it is reset");
    assertThat(context.replans()).isGreaterThan(replans);
    assertThat(factors()).containsExactly(0, 1);
    assertThat(context.call("circuit list", new NoConfig()).rows())
        .containsExactly(
            List.of("web", "10.0.0.1:8080", "open", true, 0.0),
            List.of("web", "10.0.0.2:8080", "closed", false, 0.0));
    context.call("circuit reset", new CircuitName("web", "10.0.0.1:8080"));
    assertThat(factors()).containsExactly(1, 1);
    context.call("circuit close", new CircuitName("web", "10.0.0.1:8080"));
    one.refuse(100);
    assertThat(factors()).containsExactly(1, 1);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    factors();
    assertThatThrownBy(() -> context.call("circuit open", new CircuitName("web", "10.0.0.9:8080")))
        .hasMessage("no circuit of service \"web\", backend 10.0.0.9:8080; see: circuit list");
    assertThatThrownBy(() -> context.call("circuit open", new CircuitName("web", "nonsense")))
        .hasMessageContaining("is not an address and port");
  }

  @Test
  void whatIsForcedIsKept() {
    factors();
    context.call("circuit open", new CircuitName("web", "10.0.0.1:8080"));
    Circuits later = new Circuits();
    WeightModifier restarted = later.breaker(SETTINGS, context);
    assertThat(restarted.factors(List.of(one, two))).containsExactly(0, 1);
  }

  /** What comes after an upgrade, a restart or with other settings. */
  private WeightModifier next() {
    return new Circuits().breaker(SETTINGS, context);
  }

  private double[] factors(WeightModifier of) {
    return of.factors(List.of(one, two));
  }

  @Test
  void whatTrafficOpenedIsKeptAndGoesOnWhereItStopped() {
    tripOne();
    context.advance(Duration.ofSeconds(3));

    WeightModifier next = next();
    assertThat(factors(next)).as("open").containsExactly(0, 1);
    context.advance(Duration.ofSeconds(2));
    assertThat(factors(next)).as("five seconds after it opened").containsExactly(0.1, 1);

    WeightModifier last = next();
    assertThat(factors(last)).as("half-open").containsExactly(0.1, 1);
    one.answer(3);
    assertThat(factors(last)).as("it proved itself").containsExactly(1, 1);
    assertThat(factors(next())).as("closed, nothing is kept").containsExactly(1, 1);
    assertThat(context.announced())
        .as("that it goes on is no news")
        .extracting(Event.Announced::name)
        .containsExactly("circuit-open", "circuit-half-open", "circuit-closed");
  }

  @Test
  void otherSettingsOfAServiceLeaveItsCircuitsAsTheyAre() {
    tripOne();

    assertThat(factors(circuits.breaker(SETTINGS, context))).containsExactly(0, 1);
    breaker.close();
    assertThat(context.metrics().find("state", "web", "10.0.0.1:8080")).hasValue(1.0);
  }

  @Test
  void whatLeftOrWasResetIsNotKept() {
    tripOne();
    context.tell(new Event.BackendRemoved(context.clock().instant(), one.backend()));
    context.advance(Duration.ofSeconds(1));
    assertThat(factors(next())).as("it left").containsExactly(1, 1);

    one.refuse(10);
    factors();
    one.refuse(10);
    factors();
    context.call("circuit reset", new CircuitName("web", "10.0.0.1:8080"));
    assertThat(factors(next())).as("it was reset").containsExactly(1, 1);
  }

  @Test
  void aBackendThatIsAwayForADayStartsAnew() {
    tripOne();
    context.advance(Duration.ofDays(1));

    assertThat(factors(next())).containsExactly(1, 1);
  }

  @Test
  void readsWhatTheFirstFormKeptAndNothingOfWhatItDoesNotKnow() {
    context.state().save(new KeptState.Kept(1, "open web/10.0.0.1:8080"));
    assertThat(factors(next())).containsExactly(0, 1);

    for (KeptState.Kept unknown :
        List.of(
            new KeptState.Kept(3, "open web/10.0.0.1:8080"),
            new KeptState.Kept(2, "forced open web/10.0.0.1:8080\nnonsense"))) {
      context.state().save(unknown);
      assertThat(factors(next())).containsExactly(1, 1);
    }
  }

  /** Ten thousand would be more than a plugin may keep. */
  @Test
  void theNewestOfVeryManyAreKept() {
    List<FakeBackend> many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> FakeBackend.at("10.1.%d.%d:8080".formatted(i / 250, i % 250)))
            .toList();
    breaker.factors(List.copyOf(many));
    many.forEach(each -> each.refuse(10));
    breaker.factors(List.copyOf(many));
    context.advance(Duration.ofSeconds(1));

    tripOne();

    assertThat(factors(next())).containsExactly(0, 1);
  }

  @Test
  void aBackendThatLeftIsForgotten() {
    tripOne();
    context.tell(new Event.BackendRemoved(context.clock().instant(), one.backend()));
    assertThat(context.metrics().find("state", "web", "10.0.0.1:8080")).isEmpty();
    assertThat(factors()).containsExactly(1, 1);
  }

  @Test
  void whatIsForcedOfABackendThatLeftCanBeReset() {
    factors();
    context.call("circuit open", new CircuitName("web", "10.0.0.1:8080"));
    context.tell(new Event.BackendRemoved(context.clock().instant(), one.backend()));

    context.call("circuit reset", new CircuitName("web", "10.0.0.1:8080"));

    assertThat(factors()).as("it came back").containsExactly(1, 1);
  }

  @Test
  void looksEachSecondWhileThereIsWork() {
    int before = context.replans();
    context.advance(Duration.ofSeconds(3));
    assertThat(context.replans() - before).isEqualTo(3);
    breaker.close();
    context.advance(Duration.ofSeconds(3));
    assertThat(context.replans() - before).isEqualTo(3);
    agent.close();
  }
}
