package io.ebpflb.runtime.bench.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is measured, in which rounds.
 *
 * @param rounds slices of each measure
 * @param seconds of each slice
 */
public record TrafficOptions(
    int rounds,
    int seconds,
    Set<Setting> settings,
    Set<Contender> contenders,
    Set<Measure> measures) {
  public static final int ROUNDS_DEFAULT = 5;
  public static final int ROUNDS_QUICK = 3;
  public static final int ROUNDS_MAX = 99;
  public static final int SECONDS_MAX = 30;

  public TrafficOptions {
    check("rounds", rounds, ROUNDS_MAX);
    check("seconds", seconds, SECONDS_MAX);
    settings = EnumSet.copyOf(settings);
    contenders = EnumSet.copyOf(contenders);
    measures = EnumSet.copyOf(measures);
  }

  /**
   * @param only names of measures, contenders and settings; of each kind that is not named, all
   * @param isQuick whether measures that differ little from others are left out, unless named
   * @throws IllegalArgumentException with the names that there are, or the range that is allowed
   */
  public static TrafficOptions of(int rounds, int seconds, List<String> only, boolean isQuick) {
    List<String> unknown = new ArrayList<>(only);
    unknown.removeAll(names());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown: %s; expected some of: %s"
              .formatted(String.join(", ", unknown), String.join(", ", names())));
    }
    Set<Measure> all =
        isQuick
            ? EnumSet.complementOf(EnumSet.of(Measure.BULK_4_UP, Measure.BULK_4_DOWN))
            : EnumSet.allOf(Measure.class);
    return new TrafficOptions(
        rounds,
        seconds,
        chosen(only, EnumSet.allOf(Setting.class), Setting.values(), s -> s.label),
        chosen(only, EnumSet.allOf(Contender.class), Contender.values(), c -> c.label),
        chosen(only, all, Measure.values(), m -> m.label));
  }

  private static <E extends Enum<E>> Set<E> chosen(
      List<String> only, Set<E> otherwise, E[] values, Function<E, String> label) {
    Set<E> named =
        Arrays.stream(values)
            .filter(v -> only.contains(label.apply(v)))
            .collect(Collectors.toSet());
    return named.isEmpty() ? otherwise : named;
  }

  private static List<String> names() {
    return Stream.of(
            Arrays.stream(Measure.values()).map(m -> m.label),
            Arrays.stream(Contender.values()).map(c -> c.label),
            Arrays.stream(Setting.values()).map(s -> s.label))
        .flatMap(Function.identity())
        .toList();
  }

  private static void check(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException("%s: 1 to %d".formatted(what, max));
    }
  }
}
