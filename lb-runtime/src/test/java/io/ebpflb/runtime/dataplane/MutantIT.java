package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A million mutated packets, ten million in a long run, half of them at each hook: through the
 * ingress and the egress program, among flows that live. A failure names the round, which {@code
 * -Dlb.mutants.round=N} repeats alone.
 */
@Tag("side-by-side")
class MutantIT {
  private static final int ROUND_PACKETS = 2_000;
  private static final int ROUNDS = Boolean.getBoolean("lb.long") ? 2_500 : 250;
  private static final Integer ONLY_ROUND = Integer.getInteger("lb.mutants.round");

  @ParameterizedTest
  @EnumSource(Scene.Hook.class)
  void eachIsSentDroppedOrPassedAsItShould(Scene.Hook hook) throws Exception {
    try (Twin clean = new Twin(hook, (byte) 0);
        Twin dirty = new Twin(hook, (byte) 0xff)) {
      if (ONLY_ROUND != null) {
        round(ONLY_ROUND, hook, clean, dirty);
        return;
      }
      double sure = 0;
      for (int round = 0; round < ROUNDS; round++) {
        sure += round(round, hook, clean, dirty) / ROUNDS;
      }
      assertThat(sure).as("share of packets judged strictly").isGreaterThan(0.8);
    }
  }

  /** Returns the share of packets at which it was still known which flows there are. */
  private static double round(int round, Scene.Hook hook, Twin clean, Twin dirty) throws Exception {
    List<Mutant> mutants = new ArrayList<>(MutantMaker.flows());
    MutantMaker maker = new MutantMaker(round);
    while (mutants.size() < ROUND_PACKETS) {
      mutants.add(maker.next());
    }
    long before = clean.packetsCarried();
    FutureTask<List<MutantResult>> other = inBackground(() -> dirty.meet(mutants));
    List<MutantResult> results = clean.meet(mutants);
    List<MutantResult> others = result(other);
    FlowModel model = new FlowModel(hook);
    int sure = 0;
    for (int i = 0; i < mutants.size(); i++) {
      try {
        model.judge(mutants.get(i), results.get(i));
        if (model.isSure() && !same(results.get(i), others.get(i))) {
          throw new AssertionError("amid dirt: " + others.get(i));
        }
      } catch (AssertionError e) {
        throw new AssertionError(
            "-Dlb.mutants.round=%d, %s, packet %d, %s%n%s%n%s"
                .formatted(round, hook, i, mutants.get(i), results.get(i), e.getMessage()),
            e);
      }
      sure += model.isSure() ? 1 : 0;
    }
    assertThat(clean.packetsCarried() - before)
        .as("packets counted in round %d", round)
        .isEqualTo(model.carried());
    assertThat(model.carried()).as("translated packets").isGreaterThan(ROUND_PACKETS / 4);
    return (double) sure / ROUND_PACKETS;
  }

  private static boolean same(MutantResult a, MutantResult b) {
    return a.verdict() == b.verdict()
        && Arrays.equals(a.packet(), b.packet())
        && Arrays.equals(a.counted(), b.counted());
  }

  private static <T> FutureTask<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "dirty-twin");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <T> T result(FutureTask<T> task) throws Exception {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
