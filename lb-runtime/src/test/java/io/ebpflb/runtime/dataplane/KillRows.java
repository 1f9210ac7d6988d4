package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What is left of a flow that an operator killed. */
final class KillRows {
  private static final int WEB = Scene.WEB;

  private KillRows() {}

  static List<PacketRow> rows() {
    return List.of(
        row("killed UDP is forgotten", PacketRow.For.IPV4_UDP, KillRows::datagrams),
        row(
            "either end of a killed flow gets an RST, again and again",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              for (int i = 0; i < 2; i++) {
                for (int bytes : new int[] {0, 1, 100, 1460}) {
                  s.fromClient(s.data(WEB, bytes)).isReset(s.data(WEB, bytes));
                  s.fromBackend(s.reply(bytes)).isReset(s.reply(bytes));
                }
              }
            }),
        row(
            "an RST acknowledges what acknowledges nothing, SYN and FIN too",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              for (int flags : new int[] {0, Packet.FIN, Packet.PSH, Packet.FIN | Packet.ACK}) {
                Packet fromClient = s.clientSays(flags, WEB).payload(9);
                s.fromClient(fromClient).isReset(fromClient);
                Packet fromBackend = s.backendSays(flags).payload(9);
                s.fromBackend(fromBackend).isReset(fromBackend);
              }
              Packet synAck = s.clientSays(Packet.SYN | Packet.ACK, WEB);
              s.fromClient(synAck).isReset(synAck);
            }),
        row(
            "an RST of a killed flow gets none",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              for (int flags : new int[] {Packet.RST, Packet.RST | Packet.ACK}) {
                s.fromClient(s.clientSays(flags, WEB)).isDroppedBecause("killed");
                s.fromBackend(s.backendSays(flags)).isDroppedBecause("killed");
              }
            }),
        row(
            "a SYN in the place of a killed flow opens anew at once",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              s.fromClient(s.data(WEB, 10)).isReset(s.data(WEB, 10));
              long opened = s.tableEvents("opened");
              long evicted = s.tableEvents("evicted");
              s.establish(WEB);
              assertThat(s.tableEvents("opened") - opened).isEqualTo(1);
              assertThat(s.tableEvents("evicted") - evicted).isZero();
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              s.fromBackend(s.reply(10)).reachesClient(s.reply(10), WEB);
            }),
        row(
            "a killed flow gives way to a colliding one",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              s.establish(Scene.SAME_BACKEND);
              s.fromBackend(s.reply(20)).reachesClient(s.reply(20), Scene.SAME_BACKEND);
            }),
        row(
            "a SYN straight to the backend: its answer removes a killed flow",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              long before = s.tableEvents("replaced_direct");
              s.fromClient(s.open(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
              s.fromBackend(s.answer()).passes();
              assertThat(s.tableEvents("replaced_direct") - before).isEqualTo(1);
              s.fromClient(s.confirm(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
              s.fromBackend(s.reply(20)).passes();
            }),
        row(
            "a flow killed while it opens may be tried again",
            PacketRow.For.TCP,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.kill()).isEqualTo(1);
              s.establish(WEB);
            }),
        row(
            "killed twice is killed once",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              assertThat(s.kill()).isZero();
              s.fromClient(s.data(WEB, 10)).isReset(s.data(WEB, 10));
            }),
        row(
            "a reply of a killed flow that met no ingress program",
            PacketRow.For.TC_HOOK_TCP,
            s -> {
              killed(s);
              s.leaving(s.reply(100)).isReset(Outcome.onTheWayOut(s.reply(100)));
            }),
        row(
            "a packet that the device has put together of several",
            PacketRow.For.TC_HOOK_TCP,
            s -> {
              killed(s);
              s.fromClient(s.data(WEB, 3000), 3, 1000).isReset(s.data(WEB, 3000));
            }),
        row(
            "options and extension headers of a killed flow's packet get no RST",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              boolean ipv4 = s.family() == Scene.Family.IPV4;
              Packet p = s.data(WEB, 10);
              s.fromClient(ipv4 ? p.ipv4Options(8) : p.ipv6Extensions(Packet.DESTINATION_OPTIONS))
                  .isDroppedBecause("killed");
            }),
        row(
            "a fragment of a killed flow gets no RST",
            PacketRow.For.TCP,
            s -> {
              killed(s);
              s.fromClient(s.data(WEB, 500).id(s.clientPort()).piece(0, 200))
                  .isDroppedBecause("killed");
            }));
  }

  /** An established flow that was killed; its backend has one flow less. */
  private static void killed(Scene s) {
    s.establish(WEB);
    long active = s.counters(WEB).active();
    long retired = s.tableEvents("retired");
    assertThat(s.kill()).isEqualTo(1);
    assertThat(s.counters(WEB).active() - active).isEqualTo(-1);
    assertThat(s.tableEvents("retired") - retired).isEqualTo(1);
  }

  private static void datagrams(Scene s) {
    killed(s);
    s.fromBackend(s.reply(10)).passes();
    s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
  }
}
