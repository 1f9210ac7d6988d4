package io.ebpflb.runtime.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** Sums over answered requests. */
final class Tally {
  private final List<Outcome> answers = new ArrayList<>();
  private final List<Outcome> failures = new ArrayList<>();

  void add(Collection<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      (outcome.isFailure() ? failures : answers).add(outcome);
    }
  }

  int answered() {
    return answers.size();
  }

  List<Outcome> failures() {
    return failures;
  }

  long answeredBy(String backend) {
    return answers.stream().filter(answer -> answer.backend().equals(backend)).count();
  }

  double sharePercent(String backend) {
    return answers.isEmpty() ? 0 : 100.0 * answeredBy(backend) / answers.size();
  }

  /** When a backend's first answer was complete. */
  OptionalLong firstAnswerNanos(String backend) {
    return answers.stream()
        .filter(answer -> answer.backend().equals(backend))
        .mapToLong(Outcome::endNanos)
        .min();
  }

  /** Latency of a backend's answers, 0 if there are none. */
  double percentileMillis(String backend, int percent) {
    double[] sorted =
        answers.stream()
            .filter(answer -> answer.backend().equals(backend))
            .mapToDouble(Outcome::millis)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
