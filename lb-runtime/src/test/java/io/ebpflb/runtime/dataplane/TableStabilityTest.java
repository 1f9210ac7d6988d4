package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many new flows go elsewhere when a backend leaves a group for good; read backwards, when one
 * is added. Those that it serves must move; counted here are all others.
 */
class TableStabilityTest {
  private static final int BACKENDS_MAX = 655;

  private enum Weights {
    EQUAL,
    ONE_TO_TEN,
    /** From a few hundredths to some tens. */
    WIDE;

    private double next(Random random) {
      return switch (this) {
        case EQUAL -> 1;
        case ONE_TO_TEN -> 1 + random.nextInt(10);
        case WIDE -> Math.exp(1.5 * random.nextGaussian());
      };
    }
  }

  private static List<Weighted> group(Random random, int backends, Weights weights) {
    return Plans.group(random.nextInt(250), backends).backends().stream()
        .map(backend -> new Weighted(backend.endpoint(), weights.next(random)))
        .toList();
  }

  /**
   * The percentage of flows that move although they have nothing to do with the one that leaves.
   */
  private static double moved(List<Weighted> group, int leaving, TableSize size) {
    Endpoint gone = group.get(leaving).endpoint();
    List<Weighted> rest = new ArrayList<>(group);
    rest.remove(leaving);
    short[] before = MaglevTable.build(group, size);
    short[] after = MaglevTable.build(rest, size);
    // The upper bits of a hash choose a slot, so that a slot of the smaller is some of the larger.
    int larger = Math.max(before.length, after.length);
    int moved = 0;
    for (int i = 0; i < larger; i++) {
      Endpoint was = group.get(before[(int) ((long) i * before.length / larger)]).endpoint();
      Endpoint is = rest.get(after[(int) ((long) i * after.length / larger)]).endpoint();
      moved += was.equals(gone) || was.equals(is) ? 0 : 1;
    }
    return 100.0 * moved / larger;
  }

  /** All small groups, then fewer and fewer, and both sides of a change of the table's size. */
  private static IntStream groupSizes() {
    return IntStream.concat(
        IntStream.iterate(2, n -> n <= BACKENDS_MAX, n -> n + 1 + n / 16),
        IntStream.of(163, 164, 327, 328, BACKENDS_MAX));
  }

  @ParameterizedTest
  @CsvSource({"EQUAL, 1.0, 0.8", "ONE_TO_TEN, 1.5, 0.8", "WIDE, 1.5, 0.8"})
  void oneBackendLessMovesHardlyAnyFlowOfTheOthers(
      Weights weights, double maxPercent, double averagePercent) {
    Random random = new Random(5);
    double average =
        groupSizes()
            .mapToDouble(
                backends -> {
                  List<Weighted> group = group(random, backends, weights);
                  double moved = moved(group, random.nextInt(backends), TableSize.BEST);
                  assertThat(moved).as(backends + " backends").isLessThanOrEqualTo(maxPercent);
                  return moved;
                })
            .average()
            .orElseThrow();
    assertThat(average).isLessThanOrEqualTo(averagePercent);
  }

  /** Tables shrink where there are many: each time to a fourth, twice as many flows move. */
  @ParameterizedTest
  @CsvSource({"1024, 3.5", "4096, 1.7", "16384, 0.9"})
  void smallerTablesMoveMore(int cells, double maxPercent) {
    Random random = new Random(6);
    for (int backends : new int[] {3, 5, 10, 20, 40, 81, 164}) {
      double moved =
          IntStream.range(0, 10)
              .mapToDouble(
                  round ->
                      moved(
                          group(random, backends, Weights.EQUAL),
                          random.nextInt(backends),
                          new TableSize(cells)))
              .max()
              .orElseThrow();
      assertThat(moved).as(backends + " backends").isLessThanOrEqualTo(maxPercent);
    }
  }

  /** Its share changes, and what it gains or loses comes from all others or goes to them. */
  @Test
  void anotherWeightMovesLittleMoreThanItsShare() {
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      List<Weighted> group = group(random, 10, Weights.EQUAL);
      List<Weighted> changed = new ArrayList<>(group);
      changed.set(3, new Weighted(group.get(3).endpoint(), 0.5));
      short[] before = MaglevTable.build(group, TableSize.BEST);
      short[] after = MaglevTable.build(changed, TableSize.BEST);
      long others =
          IntStream.range(0, before.length)
              .filter(i -> before[i] != after[i] && before[i] != 3 && after[i] != 3)
              .count();
      assertThat(others).isLessThanOrEqualTo(before.length / 100);
    }
  }
}
