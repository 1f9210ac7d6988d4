package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every service feature. A test class extends it and says how to make one. */
public abstract class ServiceFeatureContract {
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private final TestingContext context = new TestingContext();
  private ServiceFeature feature;

  protected abstract ServiceFeature feature(PluginContext context);

  @BeforeEach
  void makeFeature() {
    feature = feature(context);
  }

  private List<ServiceIntent> intents(Protocol protocol, BackendView... backends) {
    List<ServiceIntent> intents =
        assertTimeoutPreemptively(
            DEADLINE, () -> feature.intents(FakeService.of(protocol, backends)));
    assertThat(intents).as("intents").isNotNull().doesNotContainNull();
    return intents;
  }

  @Test
  void saysWhatItWantsForEachKindOfService() {
    for (Protocol protocol : Protocol.values()) {
      intents(protocol);
      intents(protocol, FakeBackend.at("10.0.0.1:8080"));
      intents(protocol, FakeBackend.at("[2001:db8::1]:8080").healthy(false).ready(false));
    }
  }

  /** It is asked at each plan: what changes without a cause changes the data plane each time. */
  @Test
  void wantsTheSameOfTheSame() {
    FakeBackend one = FakeBackend.at("10.0.0.1:8080").answer(7);
    FakeBackend other = FakeBackend.at("10.0.0.2:8080").weight(3);

    List<ServiceIntent> first = intents(Protocol.TCP, one, other);
    context.advance(Duration.ofMinutes(1));

    assertThat(intents(Protocol.TCP, one, other)).isEqualTo(first);
    assertThat(intents(Protocol.TCP, other, one))
        .as("in another order of backends")
        .containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void answersInTimeForTheLargestService() {
    BackendView[] backends =
        IntStream.range(0, Backend.GROUP_MAX)
            .mapToObj(i -> FakeBackend.at("10.0.%d.%d:8080".formatted(i / 256, i % 256)))
            .toArray(BackendView[]::new);

    intents(Protocol.TCP, backends);
  }

  @Test
  void mayBeClosedTwice() {
    intents(Protocol.TCP);

    assertThatCode(
            () -> {
              feature.close();
              feature.close();
            })
        .doesNotThrowAnyException();
  }
}
