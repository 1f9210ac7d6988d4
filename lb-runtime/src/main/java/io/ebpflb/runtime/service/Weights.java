package io.ebpflb.runtime.service;

import java.util.Arrays;
import java.util.List;

/** The arithmetic of weights: gate, configured weight, modifiers and health in, one number out. */
final class Weights {

  /**
   * Factors multiply up to this at most, so that no pile of modifiers can make a weight infinite.
   */
  static final double FACTOR_MAX = 1e6;

  /**
   * @param configured finite, at least 0
   * @param isReady whether the operator lets it take new flows
   * @param isHealthy the verdict of its checks
   * @param factor the guarded product of its modifiers
   */
  record Candidate(double configured, boolean isReady, boolean isHealthy, double factor) {}

  /**
   * @param weights in the order of the candidates
   * @param configuredInForce whether nothing was left, so that configured weights stay in force
   */
  record Effective(List<Double> weights, boolean configuredInForce) {}

  private Weights() {}

  /**
   * Zero total weight would black-hole the group although a failing check or a modifier may be
   * wrong, so the configured weights of the backends that the operator has not gated stay in force.
   */
  static Effective effective(List<Candidate> group) {
    List<Double> weights = group.stream().map(Weights::weight).toList();
    List<Double> configured = group.stream().map(c -> c.isReady() ? c.configured() : 0.0).toList();
    boolean nothingLeft = isZero(weights) && !isZero(configured);
    return new Effective(nothingLeft ? configured : weights, nothingLeft);
  }

  private static double weight(Candidate candidate) {
    return candidate.isReady() && candidate.isHealthy()
        ? candidate.configured() * Math.min(candidate.factor(), FACTOR_MAX)
        : 0;
  }

  private static boolean isZero(List<Double> weights) {
    return weights.stream().allMatch(weight -> weight == 0);
  }

  /** Whether a modifier's answer for {@code size} backends can be used as it stands. */
  static boolean isUsable(double[] factors, int size) {
    return factors != null
        && factors.length == size
        && Arrays.stream(factors).allMatch(factor -> factor >= 0 && Double.isFinite(factor));
  }
}
