package io.ebpflb.runtime.bench;

import io.ebpflb.runtime.bench.OuterProgram.Client;
import io.ebpflb.runtime.bench.Traffic.Clients;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.Cpus;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;

/**
 * Packets of established flows on one CPU, then on two at once, each with flows of its own as a
 * network card would share them out. All of them use the same tables.
 */
final class TwoCpus {
  private static final int ROUNDS = 7;
  private static final int FLOWS = Measurement.MANY_FLOWS;
  private static final int REPEAT = 8 * FLOWS;
  private static final List<Clients> CLIENTS = List.of(Clients.ESTABLISHED, Clients.PROMOTED);

  private final BenchNetwork network;
  private final Subject subject;
  private final Traffic traffic;

  TwoCpus(BenchNetwork network, Subject subject, Traffic traffic) {
    this.network = network;
    this.subject = subject;
    this.traffic = traffic;
  }

  ScaleResults.Cpus measure() {
    try (OuterProgram first = OuterProgram.load();
        OuterProgram second = OuterProgram.load()) {
      for (Clients clients : CLIENTS) {
        new Measurement(subject, first, traffic).establish(clients, FLOWS);
      }
      prepare(first, CLIENTS.get(0));
      prepare(second, CLIENTS.get(1));
      double[] one = new double[ROUNDS];
      double[] two = new double[ROUNDS];
      double[] speedUp = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        one[round] = net(List.of(first)).get(0);
        List<Double> both = net(List.of(first, second));
        two[round] = (both.get(0) + both.get(1)) / 2;
        speedUp[round] = one[round] / both.get(0) + one[round] / both.get(1);
      }
      return new ScaleResults.Cpus(
          FLOWS, Median.ofDoubles(one), Median.ofDoubles(two), Median.ofDoubles(speedUp));
    }
  }

  private void prepare(OuterProgram outer, Clients clients) {
    outer.restore(traffic.family(), traffic.data(clients), FLOWS, Client.IS_SOURCE, 0);
  }

  /** For each, ns a packet without the harness, all of them at once. */
  private List<Double> net(List<OuterProgram> outers) {
    List<Integer> floor = atOnce(outers, outers.get(0)::stubSend);
    List<Integer> whole = atOnce(outers, subject::program);
    return IntStream.range(0, outers.size())
        .mapToObj(i -> (double) whole.get(i) - floor.get(i))
        .toList();
  }

  /** The first on CPU 0, the second on CPU 1. */
  private List<Integer> atOnce(List<OuterProgram> outers, Callable<BpfProgram> program) {
    CyclicBarrier start = new CyclicBarrier(outers.size());
    List<CompletableFuture<Integer>> runs =
        IntStream.range(0, outers.size())
            .mapToObj(
                cpu ->
                    CompletableFuture.supplyAsync(
                        () -> network.within(() -> run(outers.get(cpu), program, cpu, start)),
                        task -> new Thread(task, "bench-cpu-" + cpu).start()))
            .toList();
    return runs.stream().map(CompletableFuture::join).toList();
  }

  private static int run(
      OuterProgram outer, Callable<BpfProgram> program, int cpu, CyclicBarrier start)
      throws Exception {
    Cpus.pinThread(cpu);
    start.await();
    return outer.run(program.call(), REPEAT, BenchNetwork.CLIENT_SIDE_IFINDEX).nanos();
  }
}
