package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.WeightModifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every weight modifier. A test class extends it and says how to make one. */
public abstract class WeightModifierContract {
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final long SEED = 1;

  private final TestingContext context = new TestingContext();
  private final Random random = new Random(SEED);
  private WeightModifier modifier;

  protected abstract WeightModifier modifier(PluginContext context);

  @BeforeEach
  void makeModifier() {
    modifier = modifier(context);
  }

  private double[] factors(List<? extends BackendView> group) {
    double[] factors =
        assertTimeoutPreemptively(DEADLINE, () -> modifier.factors(List.copyOf(group)));
    assertThat(factors).as("one factor for each backend").hasSameSizeAs(group);
    for (double factor : factors) {
      assertThat(factor).as("a factor").isFinite().isNotNegative();
    }
    return factors;
  }

  private static List<FakeBackend> group(int size) {
    List<FakeBackend> group = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      group.add(FakeBackend.at("10.0.%d.%d:8080".formatted(i / 256, i % 256)));
    }
    return group;
  }

  private void live(FakeBackend backend) {
    backend
        .weight(random.nextInt(3) * 50)
        .ready(random.nextInt(4) > 0)
        .healthy(random.nextInt(4) > 0)
        .active(random.nextInt(100))
        .answer(random.nextInt(10))
        .refuse(random.nextInt(3))
        .ignore(random.nextInt(2));
  }

  @Test
  void givesAUsableFactorForEachBackendWhateverHappens() {
    List<FakeBackend> group = group(5);
    for (int round = 0; round < 200; round++) {
      group.forEach(this::live);
      factors(group);
      context.advance(Duration.ofSeconds(random.nextInt(10)));
    }
  }

  @Test
  void lastsWhileBackendsComeAndGo() {
    List<FakeBackend> all = group(6);
    for (int round = 0; round < 200; round++) {
      all.forEach(this::live);
      all.get(random.nextInt(all.size())).comeBack();
      Collections.shuffle(all, random);
      factors(all.subList(0, 1 + random.nextInt(all.size())));
      context.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void doesNotCareForTheOrderOfBackends() {
    List<FakeBackend> group = group(7);
    group.forEach(this::live);
    double[] factors = factors(group);

    Collections.reverse(group);
    double[] reversed = factors(group);

    for (int i = 0; i < factors.length; i++) {
      assertThat(reversed[factors.length - 1 - i]).isEqualTo(factors[i]);
    }
  }

  @Test
  void answersInTimeForTheLargestGroup() {
    List<FakeBackend> group = group(Backend.GROUP_MAX);
    group.forEach(this::live);
    factors(group);
  }

  @Test
  void mayBeClosedTwice() {
    factors(group(2));

    assertThatCode(
            () -> {
              modifier.close();
              modifier.close();
            })
        .doesNotThrowAnyException();
  }
}
