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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaglevTableTest {
  private static List<Weighted> group(int network, int backends) {
    return Plans.group(network, backends).backends();
  }

  private static short[] build(List<Weighted> backends) {
    return MaglevTable.build(backends, TableSize.BEST);
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

  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "1,1,1",
    "2,1024,16384",
    "10,1024,16384",
    "11,2048,16384",
    "20,2048,16384",
    "21,4096,16384",
    "163,16384,16384",
    "164,32768,32768",
    "655,65536,65536",
    "656,131072,131072",
    "1024,131072,131072"
  })
  void sizeGrowsWithTheGroup(int backends, int least, int best) {
    assertThat(TableSize.LEAST.slots(backends)).isEqualTo(least);
    assertThat(TableSize.BEST.slots(backends)).isEqualTo(best);
  }

  @ParameterizedTest
  @CsvSource({
    "1,16384",
    "32,16384",
    "33,8192",
    "64,8192",
    "65,4096",
    "256,2048",
    "257,1024",
    "9999,1024"
  })
  void tablesFillHalfOfTheirRoom(int groups, int cells) {
    assertThat(TableSize.fitting(IntStream.generate(() -> 10).limit(groups).toArray(), 1 << 20))
        .isEqualTo(new TableSize(cells));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 10, 11, 100, 655, 1024})
  void equalWeightsGetEqualShares(int backends) {
    short[] table = build(group(0, backends));

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
      short[] table = build(group);
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

    assertThat(counts(build(group), 3)).containsExactly(8192, 4915, 3277);
  }

  @Test
  void extremeWeightsAreTaken() {
    List<Weighted> group = weighted(group(0, 3), 0, Double.MAX_VALUE);
    group = weighted(weighted(group, 1, Double.MAX_VALUE), 2, Double.MIN_VALUE);

    int[] counts = counts(build(group), 3);
    assertThat(counts[2]).isEqualTo(1);
    assertThat(counts[0] - counts[1]).isBetween(-1, 1);
  }

  @Test
  void weightsThatAreNoWeightsAreRefused() {
    for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> build(weighted(group(0, 2), 0, weight)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> build(group(0, 1025)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1025 backends in a group, at most 1024");
  }

  @Test
  void noWeightGivesNoTable() {
    assertThat(build(List.of())).isEmpty();
    assertThat(build(weighted(group(0, 1), 0, 0))).isEmpty();
  }

  @Test
  void oneBackendOwnsEverything() {
    assertThat(build(group(0, 1))).containsExactly(0);
    short[] table = build(weighted(group(0, 2), 0, 0));
    assertThat(table).hasSize(TableSize.BEST.cells()).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 20, 100})
  void orderOfBackendsDoesNotMatter(int backends) {
    List<Weighted> group = new ArrayList<>(group(3, backends));
    group.set(1, new Weighted(group.get(1).endpoint(), 2.5));
    List<Weighted> shuffled = new ArrayList<>(group);
    Collections.shuffle(shuffled, new Random(1));

    short[] table = build(group);
    short[] other = build(shuffled);
    for (int slot = 0; slot < table.length; slot++) {
      assertThat(shuffled.get(other[slot])).isEqualTo(group.get(table[slot]));
    }
  }

  /** A change here moves flows between balancers of different versions. */
  @Test
  void tablesAreTheSameInEveryVersion() {
    assertThat(Arrays.hashCode(build(group(0, 10)))).isEqualTo(GOLDEN_10);
    assertThat(Arrays.hashCode(build(weighted(group(0, 100), 7, 3)))).isEqualTo(GOLDEN_100);
    List<Weighted> ipv6 =
        List.of(
            Plans.backend("2001:db8::1", 1),
            Plans.backend("2001:db8::2", 2),
            Plans.backend("2001:db8::3", 3));
    assertThat(Arrays.hashCode(build(ipv6))).isEqualTo(GOLDEN_IPV6);
  }

  private static final int GOLDEN_10 = 820737601;
  private static final int GOLDEN_100 = -123954109;
  private static final int GOLDEN_IPV6 = -1447824484;

  @Test
  void scaledWeightsGiveTheSameTable() {
    List<Weighted> group = weighted(group(0, 10), 2, 3);
    List<Weighted> scaled =
        group.stream().map(b -> new Weighted(b.endpoint(), 4 * b.weight())).toList();

    assertThat(build(scaled)).isEqualTo(build(group));
  }
}
