package io.ebpflb.runtime.bench;

import io.ebpflb.runtime.bench.OuterProgram.Client;
import io.ebpflb.runtime.bench.Traffic.Clients;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.Cpus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Packets of established flows on one CPU, then on two at once, each with flows of its own as a
 * network card would share them out. All of them use the same tables. Beside it, in the same
 * rounds, what this machine's CPUs do for programs that share nothing.
 */
final class TwoCpus {
  private static final int ROUNDS = 7;
  private static final int REPEAT = 8 * Measurement.MANY_FLOWS;

  /** The size of the flow table that both share: four lines for each flow it is made for. */
  private static final int TABLE_BYTES = Subject.FLOWS_MAX * 4 * 64;

  private static final List<Clients> CLIENTS = List.of(Clients.ESTABLISHED, Clients.PROMOTED);

  private final BenchNetwork network;
  private final Subject subject;
  private final Traffic traffic;

  TwoCpus(BenchNetwork network, Subject subject, Traffic traffic) {
    this.network = network;
    this.subject = subject;
    this.traffic = traffic;
  }

  /**
   * @param flows of each CPU, a power of two
   */
  ScaleResults.Cpus measure(int flows) {
    try (OuterProgram first = OuterProgram.load();
        OuterProgram second = OuterProgram.load()) {
      for (Clients clients : CLIENTS) {
        new Measurement(subject, first, traffic).establish(clients, flows);
      }
      prepare(first, CLIENTS.get(0), flows);
      prepare(second, CLIENTS.get(1), flows);
      List<MemoryWalk> walks = MemoryWalk.two(flows, TABLE_BYTES);
      double[] one = new double[ROUNDS];
      double[] two = new double[ROUNDS];
      double[] speedUp = new double[ROUNDS];
      double[] walkSpeedUp = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        List<Double> alone = oneByOne(List.of(first, second), this::net);
        List<Double> both = net(List.of(first, second), 0);
        one[round] = mean(alone);
        two[round] = mean(both);
        speedUp[round] = speedUp(alone, both);
        walkSpeedUp[round] = speedUp(oneByOne(walks, this::walk), walk(walks, 0));
      }
      return new ScaleResults.Cpus(
          flows,
          Median.ofDoubles(one),
          Median.ofDoubles(two),
          Median.ofDoubles(speedUp),
          Median.ofDoubles(walkSpeedUp));
    }
  }

  /** Each CPU beside itself alone: virtual ones are not equally quick. */
  private static double speedUp(List<Double> alone, List<Double> together) {
    return IntStream.range(0, alone.size()).mapToDouble(i -> alone.get(i) / together.get(i)).sum();
  }

  private static double mean(List<Double> nanos) {
    return nanos.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** Each on its CPU while the others are idle. */
  private static <T> List<Double> oneByOne(
      List<T> subjects, BiFunction<List<T>, Integer, List<Double>> measured) {
    return IntStream.range(0, subjects.size())
        .mapToObj(cpu -> measured.apply(subjects.subList(cpu, cpu + 1), cpu).get(0))
        .toList();
  }

  private void prepare(OuterProgram outer, Clients clients, int flows) {
    outer.restore(traffic.family(), traffic.data(clients), flows, Client.IS_SOURCE, 0);
  }

  /** For each, ns a packet without the harness, all of them at once. */
  private List<Double> net(List<OuterProgram> outers, int firstCpu) {
    List<Integer> floor = atOnce(outers, firstCpu, outer -> run(outer, outer.stubSend()));
    List<Integer> whole = atOnce(outers, firstCpu, outer -> run(outer, subject.program()));
    return IntStream.range(0, outers.size())
        .mapToObj(i -> (double) whole.get(i) - floor.get(i))
        .toList();
  }

  private List<Double> walk(List<MemoryWalk> walks, int firstCpu) {
    return atOnce(walks, firstCpu, walk -> walk.nanos(REPEAT));
  }

  /** Each on a CPU of its own, from this one on. */
  private <T, R> List<R> atOnce(List<T> subjects, int firstCpu, Function<T, R> measured) {
    CyclicBarrier start = new CyclicBarrier(subjects.size());
    List<CompletableFuture<R>> runs =
        IntStream.range(0, subjects.size())
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            network.within(
                                () -> {
                                  Cpus.pinThread(firstCpu + i);
                                  start.await();
                                  return measured.apply(subjects.get(i));
                                }),
                        task -> new Thread(task, "bench-cpu-" + (firstCpu + i)).start()))
            .toList();
    return runs.stream().map(CompletableFuture::join).toList();
  }

  private static int run(OuterProgram outer, BpfProgram program) {
    return outer.run(program, REPEAT, BenchNetwork.CLIENT_SIDE_IFINDEX).nanos();
  }
}
