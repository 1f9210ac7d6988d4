package io.ebpflb.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.service.Weights.Candidate;
import io.ebpflb.runtime.service.Weights.Effective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WeightsTest {

  @Provide
  Arbitrary<List<Candidate>> groups() {
    Arbitrary<Double> weights =
        Arbitraries.oneOf(Arbitraries.just(0.0), Arbitraries.doubles().between(0, 1e6));
    Arbitrary<Double> factors =
        Arbitraries.oneOf(
            Arbitraries.of(0.0, 1.0, Double.MAX_VALUE), Arbitraries.doubles().between(0, 10));
    Arbitrary<Boolean> flags = Arbitraries.of(true, true, false);
    return Combinators.combine(weights, flags, flags, factors)
        .as(Candidate::new)
        .list()
        .ofMaxSize(20);
  }

  @Property
  void everyWeightIsAFiniteNumberAndNoGatedBackendHasOne(@ForAll("groups") List<Candidate> group) {
    List<Double> weights = Weights.effective(group).weights();

    assertThat(weights).hasSameSizeAs(group);
    for (int i = 0; i < group.size(); i++) {
      assertThat(weights.get(i)).isFinite().isNotNegative();
      if (!group.get(i).isReady()) {
        assertThat(weights.get(i)).isZero();
      }
    }
  }

  @Property
  void nothingIsLeftOnlyIfTheOperatorLeftNothing(@ForAll("groups") List<Candidate> group) {
    double total = sum(Weights.effective(group).weights());
    double ungated =
        group.stream().filter(Candidate::isReady).mapToDouble(Candidate::configured).sum();

    assertThat(total > 0).isEqualTo(ungated > 0);
  }

  @Property
  void anUnhealthyBackendHasWeightOnlyWhileConfiguredWeightsAreInForce(
      @ForAll("groups") List<Candidate> group) {
    Effective effective = Weights.effective(group);

    for (int i = 0; i < group.size(); i++) {
      if (!group.get(i).isHealthy() && !effective.configuredInForce()) {
        assertThat(effective.weights().get(i)).isZero();
      }
    }
  }

  @Property
  void withoutChecksAndModifiersWeightsAreAsConfigured(@ForAll("groups") List<Candidate> group) {
    List<Candidate> plain =
        group.stream().map(c -> new Candidate(c.configured(), true, true, 1)).toList();

    assertThat(Weights.effective(plain).weights())
        .isEqualTo(plain.stream().map(Candidate::configured).toList());
  }

  @Property
  void theOrderOfBackendsDoesNotMatter(@ForAll("groups") List<Candidate> group) {
    List<Candidate> reversed = new ArrayList<>(group);
    Collections.reverse(reversed);
    List<Double> weights = new ArrayList<>(Weights.effective(reversed).weights());
    Collections.reverse(weights);

    assertThat(weights).isEqualTo(Weights.effective(group).weights());
  }

  @Example
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

  @Example
  void allDownLeavesConfiguredWeightsOfUngatedBackendsInForce() {
    Effective effective =
        Weights.effective(
            List.of(new Candidate(50, true, false, 1), new Candidate(30, false, true, 1)));

    assertThat(effective.weights()).containsExactly(50.0, 0.0);
    assertThat(effective.configuredInForce()).isTrue();
  }

  @Example
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
