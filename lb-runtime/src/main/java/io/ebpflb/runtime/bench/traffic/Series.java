package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.bench.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** What one contender reached in one measure, round by round. */
final class Series {
  private final Setting setting;
  private final Measure measure;
  private final Contender contender;

  /** Null where the slice failed. */
  private final List<Reading> rounds = new ArrayList<>();

  Series(Setting setting, Measure measure, Contender contender) {
    this.setting = setting;
    this.measure = measure;
    this.contender = contender;
  }

  Setting setting() {
    return setting;
  }

  Measure measure() {
    return measure;
  }

  Contender contender() {
    return contender;
  }

  /**
   * @param reading null if the slice failed
   */
  void add(Reading reading) {
    rounds.add(reading);
  }

  List<Reading> readings() {
    return rounds.stream().filter(Objects::nonNull).toList();
  }

  /** Of the slices that did not fail; NaN if there is none. */
  double median(ToDoubleFunction<Reading> figure) {
    List<Reading> readings = readings();
    return readings.isEmpty()
        ? Double.NaN
        : Median.ofDoubles(readings.stream().mapToDouble(figure).toArray());
  }

  /**
   * The median of the rounds' ratios to another's: the two were measured shortly after each other,
   * so that a machine that changes its pace meanwhile changes it for both. NaN if there is none.
   */
  double ratioTo(Series other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(rounds.size(), other.rounds.size()); i++) {
      if (rounds.get(i) != null && other.rounds.get(i) != null) {
        ratios.add(rounds.get(i).value() / other.rounds.get(i).value());
      }
    }
    return ratios.isEmpty()
        ? Double.NaN
        : Median.ofDoubles(ratios.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
