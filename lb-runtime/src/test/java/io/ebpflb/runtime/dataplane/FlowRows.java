package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** How flows begin, end, and get in each other's way. */
final class FlowRows {
  private static final int WEB = Scene.WEB;
  private static final int RST_ACK = Packet.RST | Packet.ACK;

  private FlowRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(lives());
    rows.addAll(collisions());
    return rows;
  }

  private static List<PacketRow> lives() {
    return List.of(
        row(
            "a confirmation of something else establishes nothing",
            PacketRow.For.TCP,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              long before = s.tableEvents("promoted");
              Packet guess = s.toService(WEB).tcp(Packet.ACK, 1001, 0x40000000);
              s.fromClient(guess).reachesBackend(guess);
              assertThat(s.tableEvents("promoted") - before).isZero();
            }),
        row(
            "a confirmation before the answer establishes nothing",
            PacketRow.For.ALL,
            s -> {
              long before = s.tableEvents("promoted");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("promoted") - before).isZero();
            }),
        row(
            "a flow's first answer counts, once",
            PacketRow.For.ALL,
            s -> {
              long before = s.counters(WEB).answered();
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.counters(WEB).answered() - before).isZero();
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              assertThat(s.counters(WEB).answered() - before).isEqualTo(1);
            }),
        row(
            "a confirmation that ends both directions establishes nothing",
            PacketRow.For.TCP,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              Packet finBack = s.backendSays(Packet.FIN | Packet.ACK);
              s.fromBackend(finBack).reachesClient(finBack, WEB);
              long before = s.tableEvents("promoted");
              Packet fin = s.clientSays(Packet.FIN | Packet.ACK, WEB);
              s.fromClient(fin).reachesBackend(fin);
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("promoted") - before).isZero();
            }),
        row(
            "RST to a SYN counts as refused",
            PacketRow.For.TCP,
            s -> {
              long before = s.counters(WEB).refused();
              long answered = s.counters(WEB).answered();
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              Packet rst = s.toClient().tcp(RST_ACK, 0, 1001);
              s.fromBackend(rst).reachesClient(rst, WEB);
              assertThat(s.counters(WEB).refused() - before).isEqualTo(1);
              assertThat(s.counters(WEB).answered() - answered).isZero();
            }),
        row(
            "RST to a refused SYN's retransmission counts again, a repeated RST does not",
            PacketRow.For.TCP,
            s -> {
              long before = s.counters(WEB).refused();
              Packet rst = s.toClient().tcp(RST_ACK, 0, 1001);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(rst).reachesClient(rst, WEB);
              s.fromBackend(rst).reachesClient(rst, WEB);
              assertThat(s.counters(WEB).refused() - before).isEqualTo(1);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(rst).reachesClient(rst, WEB);
              assertThat(s.counters(WEB).refused() - before).isEqualTo(2);
            }),
        row(
            "RST of an established flow is no refusal, and data goes on after it",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              long refused = s.counters(WEB).refused();
              long opened = s.tableEvents("opened");
              Packet rst = s.backendSays(RST_ACK);
              s.fromBackend(rst).reachesClient(rst, WEB);
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              // Data brought the flow back: a SYN leaves it alone.
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.counters(WEB).refused() - refused).isZero();
              assertThat(s.tableEvents("opened") - opened).isZero();
            }),
        row(
            "forged SYN-ACKs and RSTs neither end nor move an established flow",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              long opened = s.tableEvents("opened");
              long retired = s.tableEvents("retired");
              for (int flags : new int[] {Packet.SYN | Packet.ACK, Packet.RST, RST_ACK}) {
                Packet fromClient = s.toService(WEB).tcp(flags, 0x12345678, 0x0badcafe);
                s.fromClient(fromClient).reachesBackend(fromClient);
                Packet fromBackend = s.toClient().tcp(flags, 0x12345678, 0x0badcafe);
                s.fromBackend(fromBackend).reachesClient(fromBackend, WEB);
              }
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              s.fromBackend(s.reply(10)).reachesClient(s.reply(10), WEB);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.tableEvents("opened") - opened).isZero();
              assertThat(s.tableEvents("retired") - retired).isZero();
            }),
        row(
            "SYN on an established flow leaves it alone",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              long before = s.tableEvents("opened");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              assertThat(s.tableEvents("opened") - before).isZero();
            }),
        row(
            "SYN on a half-closed flow leaves it alone",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              Packet fin = s.clientSays(Packet.FIN | Packet.ACK, WEB);
              s.fromClient(fin).reachesBackend(fin);
              long before = s.tableEvents("opened");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.tableEvents("opened") - before).isZero();
              s.fromBackend(s.reply(50)).reachesClient(s.reply(50), WEB);
            }),
        row(
            "SYN on a closed flow opens anew in its place",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              long retired = s.tableEvents("retired");
              s.finish(WEB);
              assertThat(s.tableEvents("retired") - retired).isEqualTo(1);
              Packet last = s.clientSays(Packet.ACK, WEB);
              s.fromClient(last).reachesBackend(last);
              long before = s.tableEvents("opened");
              s.establish(WEB);
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
            }),
        row(
            "SYN and SYN-ACK after RST are another connection in its place",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              Packet rst = s.clientSays(Packet.RST, WEB);
              s.fromClient(rst).reachesBackend(rst);
              long opened = s.tableEvents("opened");
              long retired = s.tableEvents("retired");
              long active = s.counters(WEB).active();
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.tableEvents("opened") - opened).isZero();
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("opened") - opened).isEqualTo(1);
              assertThat(s.tableEvents("retired") - retired).isEqualTo(1);
              assertThat(s.counters(WEB).active()).isEqualTo(active);
            }),
        row(
            "SYN after RST of what was not established opens anew",
            PacketRow.For.TCP,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
              Packet rst = s.clientSays(Packet.RST, WEB);
              s.fromClient(rst).reachesBackend(rst);
              long before = s.tableEvents("opened");
              s.establish(WEB);
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
            }),
        row(
            "a forged SYN after a forged RST leaves an established flow alone",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              long opened = s.tableEvents("opened");
              long retired = s.tableEvents("retired");
              for (int port : new int[] {WEB, Scene.SAME_BACKEND}) {
                Packet rst = s.toService(WEB).tcp(Packet.RST, 0x12345678, 0);
                s.fromClient(rst).reachesBackend(rst);
                Packet syn = s.toService(port).tcp(Packet.SYN, 0x23456789, 0);
                Outcome outcome = s.fromClient(syn);
                if (port == WEB) {
                  outcome.reachesBackend(syn);
                } else {
                  outcome.isDroppedBecause("collision");
                }
              }
              // What its backend says to a SYN amid a connection (RFC 5961, section 4.2).
              Packet challenge = s.backendSays(Packet.ACK);
              s.fromBackend(challenge).reachesClient(challenge, WEB);
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              s.fromBackend(s.reply(10)).reachesClient(s.reply(10), WEB);
              assertThat(s.tableEvents("opened") - opened).isZero();
              assertThat(s.tableEvents("retired") - retired).isZero();
            }),
        row(
            "TCP that began before us gets an entry",
            PacketRow.For.TCP,
            s -> {
              long before = s.tableEvents("midstream");
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              assertThat(s.tableEvents("midstream") - before).isEqualTo(1);
              s.fromBackend(s.reply(10)).reachesClient(s.reply(10), WEB);
              long promoted = s.tableEvents("promoted");
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              assertThat(s.tableEvents("promoted") - promoted).isEqualTo(1);
            }));
  }

  private static List<PacketRow> collisions() {
    return List.of(
        row(
            "one client port, two services, one backend",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.fromClient(s.open(Scene.SAME_BACKEND)).isDroppedBecause("collision");
              s.fromBackend(s.reply(20)).reachesClient(s.reply(20), WEB);
            }),
        row(
            "a collision takes the next slot's backend",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              // The table may hold the same backend in all slots that are tried.
              Outcome outcome = s.fromClient(s.open(Scene.TWO_BACKENDS));
              if (!outcome.wasDropped()) {
                outcome.reaches(s.otherBackend(), s.open(Scene.TWO_BACKENDS));
              }
            }),
        row(
            "a closed flow gives way to a colliding one",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              s.finish(WEB);
              s.fromClient(s.open(Scene.SAME_BACKEND)).reachesBackend(s.open(Scene.SAME_BACKEND));
              s.fromBackend(s.answer()).reachesClient(s.answer(), Scene.SAME_BACKEND);
            }),
        row(
            "SYN straight to the backend of a live flow",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              Packet straight = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
              s.fromClient(straight).isDroppedBecause("direct");
              s.fromBackend(s.reply(20)).reachesClient(s.reply(20), WEB);
            }),
        row(
            "SYN straight to the backend of a reset flow: the backend's SYN-ACK removes it",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              goStraightAfter(s, s.clientSays(Packet.RST, WEB));
              long before = s.tableEvents("replaced_direct");
              s.fromBackend(s.answer()).passes();
              assertThat(s.tableEvents("replaced_direct") - before).isEqualTo(1);
              s.fromBackend(s.answer()).passes();
            }),
        row(
            "a forged SYN-ACK after a SYN straight to the backend removes nothing",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              goStraightAfter(s, s.clientSays(Packet.RST, WEB));
              long before = s.tableEvents("replaced_direct");
              Packet forged = s.answer().tcp(Packet.SYN | Packet.ACK, 0x01020304, 0x05060708);
              s.fromBackend(forged).reachesClient(forged, WEB);
              assertThat(s.tableEvents("replaced_direct") - before).isZero();
            }),
        row(
            "a forged SYN straight to the backend after a forged RST removes nothing",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              goStraightAfter(s, s.toService(WEB).tcp(Packet.RST, 0x12345678, 0));
              Packet challenge = s.backendSays(Packet.ACK);
              s.fromBackend(challenge).reachesClient(challenge, WEB);
              s.fromBackend(s.reply(10)).reachesClient(s.reply(10), WEB);
              // From now on a SYN-ACK is the flow's again.
              s.fromBackend(s.answer()).reachesClient(s.answer(), WEB);
            }),
        row(
            "SYN straight to the backend removes a closed flow",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              s.finish(WEB);
              long before = s.tableEvents("replaced_direct");
              s.fromClient(s.open(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
              assertThat(s.tableEvents("replaced_direct") - before).isEqualTo(1);
              s.fromBackend(s.answer()).passes();
            }));
  }

  /** The flow is reset, then its client opens a connection straight to its backend. */
  private static void goStraightAfter(Scene s, Packet rst) {
    s.fromClient(rst).reachesBackend(rst);
    long before = s.tableEvents("replaced_direct");
    s.fromClient(s.open(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
    assertThat(s.tableEvents("replaced_direct") - before).isZero();
  }
}
