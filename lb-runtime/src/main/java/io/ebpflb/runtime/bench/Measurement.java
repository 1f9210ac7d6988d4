package io.ebpflb.runtime.bench;

import io.ebpflb.runtime.bench.OuterProgram.Client;
import io.ebpflb.runtime.bench.Traffic.Clients;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * All cases for one family and protocol. Flows come into being by their own packets, never by
 * writing maps. Cases and floors take turns, so that a machine that slows down slows all of them.
 */
final class Measurement {
  private static final int ROUNDS = 7;
  static final int MANY_FLOWS = 1 << 16;

  /** Packets in one run. */
  private static final int REPEAT = 3 * MANY_FLOWS;

  /** Flows promoted in one run: few enough that no set of the table overflows. */
  private static final int PROMOTIONS = 1 << 12;

  /** Distinct clients for new flows: no run meets one twice. */
  private static final int NEW_CLIENTS = 1 << 24;

  private static final int NEW_FLOWS = 1 << 16;

  /** New flows before those that are measured: the table is full, each new one evicts. */
  private static final int FILLING_FLOWS = 1 << 20;

  private static final int XDP_PASS = 2;
  private static final int XDP_TX = 3;
  private static final int XDP_REDIRECT = 4;
  private static final Set<Integer> PASSED = Set.of(XDP_PASS);
  private static final Set<Integer> SENT = Set.of(XDP_TX, XDP_REDIRECT);

  private final Subject subject;
  private final OuterProgram outer;
  private final Traffic traffic;

  Measurement(Subject subject, OuterProgram outer, Traffic traffic) {
    this.subject = subject;
    this.outer = outer;
    this.traffic = traffic;
  }

  /** Of flows that are there. */
  List<PacketCost> lasting() {
    return lasting(ROUNDS, 1, MANY_FLOWS);
  }

  /**
   * @param numbers of flows, each a power of two
   */
  List<PacketCost> lasting(int rounds, int... numbers) {
    List<Series> all = new ArrayList<>();
    for (int flows : numbers) {
      establish(Clients.ESTABLISHED, flows);
      all.add(new Series(PacketCase.ESTABLISHED, flows, traffic.data(Clients.ESTABLISHED)));
      all.add(new Series(PacketCase.REPLY, flows, traffic.reply(Clients.ESTABLISHED)));
      all.add(new Series(PacketCase.NOT_OURS, flows, traffic.notOurs()));
    }
    for (int round = 0; round < rounds; round++) {
      all.forEach(this::sample);
    }
    return all.stream().map(series -> series.samples.cost(traffic)).toList();
  }

  /** Of flows that come into being; to be measured on empty tables. */
  List<PacketCost> changing() {
    PacketCost promotion = promotion();
    return List.of(newFlow(), promotion);
  }

  /** The same flows' packets again and again. */
  private void sample(Series series) {
    boolean passes = series.packetCase == PacketCase.NOT_OURS;
    Client client = series.packetCase == PacketCase.REPLY ? Client.IS_DEST : Client.IS_SOURCE;
    Set<Integer> expected = passes ? PASSED : SENT;
    BpfProgram stub = passes ? outer.stubPass() : outer.stubSend();
    outer.restore(traffic.family(), series.frame, series.flows, client, 0);
    series.samples.floor.add(run(stub, REPEAT, series.packetCase, expected));
    run(subject.program(), series.flows, series.packetCase, expected);
    series.samples.whole.add(run(subject.program(), REPEAT, series.packetCase, expected));
  }

  /** Each packet is the first of its flow, and an older one has to make room for it. */
  PacketCost newFlow() {
    Frame frame = traffic.openWide();
    outer.restore(traffic.family(), frame, NEW_CLIENTS, Client.IS_SOURCE, 0);
    run(subject.program(), FILLING_FLOWS, PacketCase.NEW_FLOW, SENT);
    Samples samples = new Samples(PacketCase.NEW_FLOW, NEW_FLOWS);
    for (int round = 0; round < ROUNDS; round++) {
      samples.floor.add(run(outer.stubSend(), NEW_FLOWS, PacketCase.NEW_FLOW, SENT));
      long before = subject.tableEvents("opened");
      samples.whole.add(run(subject.program(), NEW_FLOWS, PacketCase.NEW_FLOW, SENT));
      require(PacketCase.NEW_FLOW, "opened", subject.tableEvents("opened") - before, NEW_FLOWS);
    }
    return samples.cost(traffic);
  }

  /**
   * The client's packet that completes the handshake, forwarding included. All flows of a round are
   * brought to that point first, so that each packet of the measured run promotes one.
   */
  private PacketCost promotion() {
    Samples samples = new Samples(PacketCase.PROMOTION, PROMOTIONS);
    Frame frame = traffic.data(Clients.PROMOTED);
    for (int round = 0; round < ROUNDS; round++) {
      int first = round * PROMOTIONS;
      answered(Clients.PROMOTED, NEW_CLIENTS, first, PROMOTIONS);
      outer.restore(traffic.family(), frame, NEW_CLIENTS, Client.IS_SOURCE, first);
      samples.floor.add(run(outer.stubSend(), PROMOTIONS, PacketCase.PROMOTION, SENT));
      outer.restore(traffic.family(), frame, NEW_CLIENTS, Client.IS_SOURCE, first);
      long before = subject.tableEvents("promoted");
      samples.whole.add(run(subject.program(), PROMOTIONS, PacketCase.PROMOTION, SENT));
      long promoted = subject.tableEvents("promoted") - before;
      require(PacketCase.PROMOTION, "promoted", promoted, PROMOTIONS);
    }
    return samples.cost(traffic);
  }

  /** So many flows, a power of two. */
  void establish(Clients clients, int flows) {
    establish(clients, flows, 0, flows);
  }

  private void establish(Clients clients, int flows, int first, int count) {
    answered(clients, flows, first, count);
    outer.restore(traffic.family(), traffic.data(clients), flows, Client.IS_SOURCE, first);
    run(subject.program(), count, PacketCase.ESTABLISHED, SENT);
  }

  /** Flows whose backend has answered: the client's next packet establishes them. */
  private void answered(Clients clients, int flows, int first, int count) {
    outer.restore(traffic.family(), traffic.open(clients), flows, Client.IS_SOURCE, first);
    run(subject.program(), count, PacketCase.NEW_FLOW, SENT);
    outer.restore(traffic.family(), traffic.answer(clients), flows, Client.IS_DEST, first);
    run(subject.program(), count, PacketCase.REPLY, SENT);
  }

  private int run(BpfProgram program, int repeat, PacketCase packetCase, Set<Integer> expected) {
    BpfProgram.Run run = outer.run(program, repeat, ifindex(packetCase));
    if (!expected.contains(run.verdict())) {
      throw new DataPlaneException(
          "bench %s %s %s: %s answered %d, expected one of %s"
              .formatted(
                  packetCase.label,
                  traffic.family().label,
                  traffic.protocol(),
                  program.name(),
                  run.verdict(),
                  expected));
    }
    return run.nanos();
  }

  private static int ifindex(PacketCase packetCase) {
    return packetCase == PacketCase.REPLY
        ? BenchNetwork.BACKEND_SIDE_IFINDEX
        : BenchNetwork.CLIENT_SIDE_IFINDEX;
  }

  /** One in a hundred may find its set of the table full. */
  private void require(PacketCase packetCase, String event, long seen, int wanted) {
    if (seen < wanted - wanted / 100 || seen > wanted) {
      throw new DataPlaneException(
          "bench %s %s %s: %d of %d packets %s a flow; no such cost was measured"
              .formatted(
                  packetCase.label,
                  traffic.family().label,
                  traffic.protocol(),
                  seen,
                  wanted,
                  event));
    }
  }

  /** A case whose flows stay as they are, so that it can be measured by turns with others. */
  private static final class Series {
    private final PacketCase packetCase;
    private final int flows;
    private final Frame frame;
    private final Samples samples;

    Series(PacketCase packetCase, int flows, Frame frame) {
      this.packetCase = packetCase;
      this.flows = flows;
      this.frame = frame;
      this.samples = new Samples(packetCase, flows);
    }
  }

  /** In ns a packet. */
  private static final class Samples {
    private final List<Integer> floor = new ArrayList<>();
    private final List<Integer> whole = new ArrayList<>();
    private final PacketCase packetCase;
    private final int flows;

    Samples(PacketCase packetCase, int flows) {
      this.packetCase = packetCase;
      this.flows = flows;
    }

    /** Of a run and the floor just before it, since the machine's pace may be another later. */
    PacketCost cost(Traffic traffic) {
      List<Integer> net =
          IntStream.range(0, whole.size()).mapToObj(i -> whole.get(i) - floor.get(i)).toList();
      return new PacketCost(
          packetCase,
          traffic.family(),
          traffic.protocol(),
          flows,
          Median.of(net),
          Median.of(floor));
    }
  }
}
