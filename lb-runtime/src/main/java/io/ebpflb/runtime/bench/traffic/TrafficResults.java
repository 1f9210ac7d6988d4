package io.ebpflb.runtime.bench.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All series of one run, in the order in which they were measured. */
public final class TrafficResults {
  private final TrafficOptions options;
  private final List<Series> all = new ArrayList<>();

  TrafficResults(TrafficOptions options) {
    this.options = options;
  }

  TrafficOptions options() {
    return options;
  }

  List<Series> all() {
    return all;
  }

  Series series(Setting setting, Measure measure, Contender contender) {
    return find(setting, measure, contender)
        .orElseGet(
            () -> {
              Series series = new Series(setting, measure, contender);
              all.add(series);
              return series;
            });
  }

  Optional<Series> find(Setting setting, Measure measure, Contender contender) {
    return all.stream()
        .filter(s -> s.setting() == setting)
        .filter(s -> s.measure() == measure && s.contender() == contender)
        .findFirst();
  }

  /** NaN if one of the two was not measured. */
  double ratio(Goal goal) {
    Optional<Series> ours = find(goal.setting(), goal.measure(), goal.ours());
    Optional<Series> other = find(goal.setting(), goal.measure(), goal.other());
    return ours.isPresent() && other.isPresent() ? ours.get().ratioTo(other.get()) : Double.NaN;
  }
}
