package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaglevTableTest {
  private static List<Weighted> group(int network, int backends) {
    return Plans.group(network, backends).backends();
  }

  private static int[] counts(short[] table, int backends) {
    int[] counts = new int[backends];
    for (short backend : table) {
      counts[backend]++;
    }
    return counts;
  }

  private static List<Weighted> weighted(List<Weighted> backends, int index, double weight) {
    List<Weighted> changed = new ArrayList<>(backends);
    changed.set(index, new Weighted(backends.get(index).endpoint(), weight));
    return changed;
  }

  /** Share of slots that changed hands although neither the old nor the new owner is this one. */
  private static double movedBetweenOthers(short[] before, short[] after, int backend) {
    int moved = 0;
    for (int slot = 0; slot < before.length; slot++) {
      if (before[slot] != after[slot] && before[slot] != backend && after[slot] != backend) {
        moved++;
      }
    }
    return (double) moved / before.length;
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "2,1024",
    "10,1024",
    "11,2048",
    "20,2048",
    "21,4096",
    "100,16384",
    "655,65536",
    "656,131072",
    "1024,131072"
  })
  void sizeGrowsWithTheGroup(int backends, int size) {
    assertThat(TableSize.slots(backends)).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 10, 11, 100, 655, 1024})
  void equalWeightsGetEqualShares(int backends) {
    short[] table = MaglevTable.build(group(0, backends));

    int fair = table.length / backends;
    assertThat(Arrays.stream(counts(table, backends)).boxed())
        .allMatch(count -> count == fair || count == fair + 1);
  }

  @Test
  void sharesFollowAnyWeights() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int backends = 1 + random.nextInt(60);
      List<Weighted> group = new ArrayList<>();
      double sum = 0;
      for (Weighted backend : group(round, backends)) {
        double weight = random.nextInt(5) == 0 ? 0 : Math.exp(6 * random.nextGaussian());
        group.add(new Weighted(backend.endpoint(), weight));
        sum += weight;
      }
      short[] table = MaglevTable.build(group);
      if (sum == 0) {
        assertThat(table).isEmpty();
        continue;
      }
      int[] counts = counts(table, backends);
      for (int i = 0; i < backends; i++) {
        double weight = group.get(i).weight();
        double share = (double) counts[i] / table.length;
        assertThat(counts[i] > 0).isEqualTo(weight > 0);
        assertThat(Math.abs(share - weight / sum)).isLessThan(0.01);
      }
    }
  }

  @Test
  void sharesAreExactToASlot() {
    List<Weighted> group = group(0, 3);
    group = weighted(weighted(weighted(group, 0, 50), 1, 30), 2, 20);

    assertThat(counts(MaglevTable.build(group), 3)).containsExactly(512, 307, 205);
  }

  @Test
  void extremeWeightsAreTaken() {
    List<Weighted> group = weighted(group(0, 3), 0, Double.MAX_VALUE);
    group = weighted(weighted(group, 1, Double.MAX_VALUE), 2, Double.MIN_VALUE);

    int[] counts = counts(MaglevTable.build(group), 3);
    assertThat(counts[2]).isEqualTo(1);
    assertThat(counts[0] - counts[1]).isBetween(-1, 1);
  }

  @Test
  void weightsThatAreNoWeightsAreRefused() {
    for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> MaglevTable.build(weighted(group(0, 2), 0, weight)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> MaglevTable.build(group(0, 1025)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1025 backends in a group, at most 1024");
  }

  @Test
  void noWeightGivesNoTable() {
    assertThat(MaglevTable.build(List.of())).isEmpty();
    assertThat(MaglevTable.build(weighted(group(0, 1), 0, 0))).isEmpty();
  }

  @Test
  void oneBackendOwnsEverything() {
    assertThat(MaglevTable.build(group(0, 1))).containsExactly(0);
    short[] table = MaglevTable.build(weighted(group(0, 2), 0, 0));
    assertThat(table).hasSize(1024).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 20, 100})
  void orderOfBackendsDoesNotMatter(int backends) {
    List<Weighted> group = new ArrayList<>(group(3, backends));
    group.set(1, new Weighted(group.get(1).endpoint(), 2.5));
    List<Weighted> shuffled = new ArrayList<>(group);
    Collections.shuffle(shuffled, new Random(1));

    short[] table = MaglevTable.build(group);
    short[] other = MaglevTable.build(shuffled);
    for (int slot = 0; slot < table.length; slot++) {
      assertThat(shuffled.get(other[slot])).isEqualTo(group.get(table[slot]));
    }
  }

  /** A change here moves flows between balancers of different versions. */
  @Test
  void tablesAreTheSameInEveryVersion() {
    assertThat(Arrays.hashCode(MaglevTable.build(group(0, 10)))).isEqualTo(GOLDEN_10);
    assertThat(Arrays.hashCode(MaglevTable.build(weighted(group(0, 100), 7, 3))))
        .isEqualTo(GOLDEN_100);
    List<Weighted> ipv6 =
        List.of(
            Plans.backend("2001:db8::1", 1),
            Plans.backend("2001:db8::2", 2),
            Plans.backend("2001:db8::3", 3));
    assertThat(Arrays.hashCode(MaglevTable.build(ipv6))).isEqualTo(GOLDEN_IPV6);
  }

  private static final int GOLDEN_10 = -950499211;
  private static final int GOLDEN_100 = -198185259;
  private static final int GOLDEN_IPV6 = -1729828436;

  /**
   * A backend that leaves, comes back or is new moves its own slots; how many others move is noise
   * of exact quotas, and falls with the size of the table.
   */
  @ParameterizedTest
  @CsvSource({
    "2,0,0",
    "3,0.7,2.2",
    "5,1.2,2.8",
    "10,1.7,3.2",
    "20,1.6,2.4",
    "40,1.3,1.8",
    "81,1.0,1.3",
    "100,0.75,1.0",
    "327,0.65,0.8",
    "655,0.45,0.6",
    "1024,0.35,0.5"
  })
  void othersHardlyMove(int backends, double averagePercent, double maxPercent) {
    int rounds = backends > 200 ? 4 : 40;
    double sum = 0;
    for (int round = 0; round < rounds; round++) {
      List<Weighted> group = group(round, backends);
      int changing = round * 7 % backends;
      short[] with = MaglevTable.build(group);
      short[] without = MaglevTable.build(weighted(group, changing, 0));
      double moved = 100 * movedBetweenOthers(with, without, changing);
      assertThat(moved).isLessThanOrEqualTo(maxPercent);
      sum += moved;
    }
    assertThat(sum / rounds).isLessThanOrEqualTo(averagePercent);
  }

  @Test
  void changedWeightMovesLittleMoreThanItsShare() {
    for (int round = 0; round < 20; round++) {
      List<Weighted> group = group(round, 10);
      short[] before = MaglevTable.build(group);
      short[] after = MaglevTable.build(weighted(group, 3, 0.5));

      assertThat(movedBetweenOthers(before, after, 3)).isLessThan(0.03);
    }
  }

  @Test
  void scaledWeightsGiveTheSameTable() {
    List<Weighted> group = weighted(group(0, 10), 2, 3);
    List<Weighted> scaled =
        group.stream().map(b -> new Weighted(b.endpoint(), 4 * b.weight())).toList();

    assertThat(MaglevTable.build(scaled)).isEqualTo(MaglevTable.build(group));
  }
}
