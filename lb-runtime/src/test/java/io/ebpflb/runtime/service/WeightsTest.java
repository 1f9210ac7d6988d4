package io.ebpflb.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.service.Weights.Candidate;
import io.ebpflb.runtime.service.Weights.Effective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightsTest {
  private static final int GROUPS = 1_000;
  private static final int BACKENDS_MAX = 20;
  private static final double[] WEIGHT_EDGES = {0, 1, 1e6};
  private static final double[] FACTOR_EDGES = {0, 1, Double.MAX_VALUE};

  private interface Rule {
    void holdsFor(List<Candidate> group);
  }

  /** The same groups in each run, the empty one among them. */
  private static void forEachGroup(Rule rule) {
    Random random = new Random(1);
    for (int i = 0; i < GROUPS; i++) {
      List<Candidate> group = new ArrayList<>();
      for (int size = i == 0 ? 0 : random.nextInt(BACKENDS_MAX + 1); size > 0; size--) {
        group.add(
            new Candidate(
                number(random, WEIGHT_EDGES, 1e6),
                random.nextInt(3) > 0,
                random.nextInt(3) > 0,
                number(random, FACTOR_EDGES, 10)));
      }
      try {
        rule.holdsFor(List.copyOf(group));
      } catch (AssertionError e) {
        throw new AssertionError("with " + group, e);
      }
    }
  }

  private static double number(Random random, double[] edges, double max) {
    return random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextDouble() * max;
  }

  @Test
  void everyWeightIsAFiniteNumberAndNoGatedBackendHasOne() {
    forEachGroup(WeightsTest::isFiniteAndGated);
  }

  private static void isFiniteAndGated(List<Candidate> group) {
    List<Double> weights = Weights.effective(group).weights();

    assertThat(weights).hasSameSizeAs(group);
    for (int i = 0; i < group.size(); i++) {
      assertThat(weights.get(i)).isFinite().isNotNegative();
      if (!group.get(i).isReady()) {
        assertThat(weights.get(i)).isZero();
      }
    }
  }

  @Test
  void nothingIsLeftOnlyIfTheOperatorLeftNothing() {
    forEachGroup(WeightsTest::leavesSomething);
  }

  private static void leavesSomething(List<Candidate> group) {
    double total = sum(Weights.effective(group).weights());
    double ungated =
        group.stream().filter(Candidate::isReady).mapToDouble(Candidate::configured).sum();

    assertThat(total > 0).isEqualTo(ungated > 0);
  }

  @Test
  void anUnhealthyBackendHasWeightOnlyWhileConfiguredWeightsAreInForce() {
    forEachGroup(WeightsTest::leavesOutTheUnhealthy);
  }

  private static void leavesOutTheUnhealthy(List<Candidate> group) {
    Effective effective = Weights.effective(group);

    for (int i = 0; i < group.size(); i++) {
      if (!group.get(i).isHealthy() && !effective.configuredInForce()) {
        assertThat(effective.weights().get(i)).isZero();
      }
    }
  }

  @Test
  void withoutChecksAndModifiersWeightsAreAsConfigured() {
    forEachGroup(WeightsTest::leavesConfiguredWeights);
  }

  private static void leavesConfiguredWeights(List<Candidate> group) {
    List<Candidate> plain =
        group.stream().map(c -> new Candidate(c.configured(), true, true, 1)).toList();

    assertThat(Weights.effective(plain).weights())
        .isEqualTo(plain.stream().map(Candidate::configured).toList());
  }

  @Test
  void theOrderOfBackendsDoesNotMatter() {
    forEachGroup(WeightsTest::ignoresTheOrder);
  }

  private static void ignoresTheOrder(List<Candidate> group) {
    List<Candidate> reversed = new ArrayList<>(group);
    Collections.reverse(reversed);
    List<Double> weights = new ArrayList<>(Weights.effective(reversed).weights());
    Collections.reverse(weights);

    assertThat(weights).isEqualTo(Weights.effective(group).weights());
  }

  @Test
  void weightIsTheProduct() {
    Effective effective =
        Weights.effective(
            List.of(
                new Candidate(50, true, true, 0.5),
                new Candidate(30, true, false, 1),
                new Candidate(20, false, true, 1)));

    assertThat(effective.weights()).containsExactly(25.0, 0.0, 0.0);
    assertThat(effective.configuredInForce()).isFalse();
  }

  @Test
  void allDownLeavesConfiguredWeightsOfUngatedBackendsInForce() {
    Effective effective =
        Weights.effective(
            List.of(new Candidate(50, true, false, 1), new Candidate(30, false, true, 1)));

    assertThat(effective.weights()).containsExactly(50.0, 0.0);
    assertThat(effective.configuredInForce()).isTrue();
  }

  @Test
  void onlyWholeAndSaneAnswersOfModifiersAreUsable() {
    assertThat(Weights.isUsable(new double[] {0, 1, 2.5}, 3)).isTrue();
    assertThat(Weights.isUsable(new double[] {1}, 2)).isFalse();
    assertThat(Weights.isUsable(new double[] {Double.NaN}, 1)).isFalse();
    assertThat(Weights.isUsable(new double[] {-0.1}, 1)).isFalse();
    assertThat(Weights.isUsable(new double[] {Double.POSITIVE_INFINITY}, 1)).isFalse();
    assertThat(Weights.isUsable(null, 0)).isFalse();
  }

  private static double sum(List<Double> weights) {
    return weights.stream().mapToDouble(Double::doubleValue).sum();
  }
}
