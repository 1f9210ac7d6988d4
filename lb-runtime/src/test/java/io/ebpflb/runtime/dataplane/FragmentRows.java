package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Packets in pieces, in both directions. */
final class FragmentRows {
  private static final int WEB = Scene.WEB;
  private static final int END = 1 << 16;

  private FragmentRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(followed());
    rows.addAll(byTheStack());
    rows.addAll(orphans());
    return rows;
  }

  private static List<PacketRow> followed() {
    return List.of(
        row(
            "fragments to a service",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              DataPlane.BackendCounters before = s.counters(WEB);
              inPieces(s, s.data(WEB, 1000), (sc, p) -> sc.fromClient(p).reachesBackend(p));
              assertThat(s.counters(WEB).packetsIn() - before.packetsIn()).isEqualTo(3);
            }),
        row(
            "fragments of a reply",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              inPieces(s, s.reply(1000), (sc, p) -> sc.fromBackend(p).reachesClient(p, WEB));
            }),
        row(
            "a flow that begins with fragments",
            PacketRow.For.ALL,
            s -> {
              long before = s.tableEvents("opened");
              inPieces(s, s.open(WEB).payload(900), (sc, p) -> sc.fromClient(p).reachesBackend(p));
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
              inPieces(
                  s, s.answer().payload(900), (sc, p) -> sc.fromBackend(p).reachesClient(p, WEB));
            }),
        row(
            "later fragments in any order, twice",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet whole = s.data(WEB, 500).id(s.clientPort());
              for (int from : new int[] {0, 400, 200, 400, 0, 200}) {
                Packet piece = whole.piece(from, from == 400 ? END : from + 200);
                s.fromClient(piece).reachesBackend(piece);
              }
            }),
        row(
            "fragments with every value of a checksum's bytes",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (int value = 0; value < 256; value++) {
                byte[] payload = new byte[64];
                payload[40] = (byte) value;
                payload[41] = (byte) (value * 7);
                Packet piece = s.data(WEB, 0).payload(payload).id(value).piece(0, 48);
                s.fromClient(piece).reachesBackend(piece);
                Packet back = s.reply(0).payload(payload).id(value).piece(0, 48);
                s.fromBackend(back).reachesClient(back, WEB);
              }
            }),
        row(
            "fragments of UDP without checksum",
            PacketRow.For.IPV4_UDP,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.data(WEB, 700).withoutChecksum(),
                  (sc, p) -> sc.fromClient(p).reachesBackend(p));
            }),
        row(
            "fragments with IP options",
            PacketRow.For.IPV4,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.data(WEB, 700).ipv4Options(12),
                  (sc, p) -> sc.fromClient(p).reachesBackend(p));
            }),
        row(
            "fragments behind extension headers",
            PacketRow.For.IPV6,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.data(WEB, 700).ipv6Extensions(Packet.HOP_BY_HOP, Packet.DESTINATION_OPTIONS),
                  (sc, p) -> sc.fromClient(p).reachesBackend(p));
            }),
        row(
            "a fragment that is the whole packet",
            PacketRow.For.IPV6,
            s -> {
              s.establish(WEB);
              Packet p = s.data(WEB, 20).id(s.clientPort()).piece(0, END);
              s.fromClient(p).reachesBackend(p);
            }));
  }

  private static List<PacketRow> byTheStack() {
    return List.of(
        row(
            "fragments whose hop limit ends here",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.data(WEB, 600).hopLimit(1),
                  (sc, p) ->
                      sc.fromClient(p).passesAs(p.to(s.backend(), Scene.BACKEND_PORT), "ttl"));
              inPieces(
                  s, s.reply(600).hopLimit(1), (sc, p) -> sc.fromBackend(p).passesBecause("ttl"));
            }),
        row(
            "a fragment too large for the client's link",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet whole = s.reply(4000).id(s.clientPort());
              s.fromBackend(whole.piece(0, 1600)).passesBecause("mtu");
              s.fromBackend(whole.piece(1600, 3200)).passesBecause("mtu");
              s.fromBackend(whole.piece(3200, 4000)).reachesClient(whole.piece(3200, 4000), WEB);
            }),
        row(
            "fragments of a reply that leave without having met us are restored",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.reply(1000),
                  (sc, p) -> sc.leaving(p).leavesAs(p.from(s.family().service(), WEB)));
            }),
        row(
            "fragments that were restored already are left alone",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              inPieces(
                  s,
                  s.reply(1000).from(s.family().service(), WEB),
                  (sc, p) -> sc.leaving(p).passes());
            }));
  }

  private static List<PacketRow> orphans() {
    return List.of(
        row(
            "a later fragment before the first",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet whole = s.data(WEB, 500).id(s.clientPort());
              s.fromClient(whole.piece(200, 400)).isDroppedBecause("fragment");
              s.fromClient(whole.piece(0, 200)).reachesBackend(whole.piece(0, 200));
              s.fromClient(whole.piece(400, END)).reachesBackend(whole.piece(400, END));
            }),
        row(
            "a later fragment of another packet",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet whole = s.data(WEB, 500).id(s.clientPort());
              s.fromClient(whole.piece(0, 200)).reachesBackend(whole.piece(0, 200));
              s.fromClient(whole.id(s.clientPort() ^ 0x8000).piece(200, END))
                  .isDroppedBecause("fragment");
            }),
        row(
            "a later fragment whose flow is gone",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              s.finish(WEB);
              Packet whole = s.data(WEB, 500).id(s.clientPort());
              s.fromClient(whole.piece(0, 200)).reachesBackend(whole.piece(0, 200));
              s.fromClient(s.open(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
              s.fromClient(whole.piece(200, END)).isDroppedBecause("fragment");
            }),
        row(
            "a first fragment without all of the header",
            PacketRow.For.TCP,
            s -> {
              s.establish(WEB);
              s.fromClient(s.data(WEB, 500).id(s.clientPort()).piece(0, 16))
                  .isDroppedBecause("malformed");
            }),
        row(
            "fragments for a service's address but no service",
            PacketRow.For.ALL,
            s -> {
              Packet whole = s.data(Scene.NO_SERVICE, 500).id(s.clientPort());
              s.fromClient(whole.piece(0, 200)).passes();
              s.fromClient(whole.piece(200, END)).passes();
              s.fromClient(whole.id(s.clientPort() ^ 0x8000).piece(200, END))
                  .isDroppedBecause("fragment");
            }),
        row(
            "fragments of others",
            PacketRow.For.ALL,
            s -> {
              Packet whole = s.data(WEB, 500).id(s.clientPort()).to(s.stranger(), WEB);
              s.fromClient(whole.piece(0, 200)).passes();
              s.fromClient(whole.piece(200, END)).passes();
            }),
        row(
            "fragments of a backend's own packets",
            PacketRow.For.ALL,
            s -> {
              Packet whole = s.reply(500).id(s.clientPort());
              s.fromBackend(whole.piece(200, END)).passes();
              s.fromBackend(whole.piece(0, 200)).passes();
              s.fromBackend(whole.piece(200, END)).passes();
            }),
        row(
            "fragments of another protocol for a service",
            PacketRow.For.ALL,
            s -> {
              Packet whole =
                  Packet.of(132)
                      .from(s.client(), 0)
                      .to(s.family().service(), 0)
                      .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC)
                      .payload(400);
              s.fromClient(whole.piece(0, 200)).passesBecause("protocol");
              s.fromClient(whole.piece(200, END)).passesBecause("protocol");
            }));
  }

  /** Three fragments, each to this. */
  private static void inPieces(Scene s, Packet packet, BiConsumer<Scene, Packet> each) {
    Packet whole = packet.id(s.clientPort());
    each.accept(s, whole.piece(0, 304));
    each.accept(s, whole.piece(304, 400));
    each.accept(s, whole.piece(400, END));
  }
}
