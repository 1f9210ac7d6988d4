package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.api.ServiceView;
import java.time.Duration;
import java.util.List;
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

  private record View(String name, Protocol protocol, List<BackendView> backends)
      implements ServiceView {}

  private List<ServiceIntent> intents(Protocol protocol, BackendView... backends) {
    View service = new View("web", protocol, List.of(backends));
    List<ServiceIntent> intents =
        assertTimeoutPreemptively(DEADLINE, () -> feature.intents(service));
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
    FakeBackend backend = FakeBackend.at("10.0.0.1:8080").answer(7);

    List<Class<?>> first = kinds(intents(Protocol.TCP, backend));
    context.advance(Duration.ofMinutes(1));

    assertThat(kinds(intents(Protocol.TCP, backend))).isEqualTo(first);
  }

  private static List<Class<?>> kinds(List<ServiceIntent> intents) {
    return intents.stream().<Class<?>>map(ServiceIntent::getClass).toList();
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
