package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Every checksum right, in place or on the way out. */
final class ChecksumRows {
  private static final int WEB = Scene.WEB;

  private ChecksumRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(checksums());
    rows.addAll(egress());
    return rows;
  }

  private static List<PacketRow> checksums() {
    return List.of(
        row(
            "payloads of odd and even lengths",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (int bytes : new int[] {1, 2, 3, 7, 8, 511, 1332}) {
                s.fromClient(s.data(WEB, bytes)).reachesBackend(s.data(WEB, bytes));
                s.fromBackend(s.reply(bytes)).reachesClient(s.reply(bytes), WEB);
              }
            }),
        row(
            "payloads that make every carry",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (int value = 0; value < 256; value++) {
                Packet p = s.data(WEB, 0).payload((byte) value, (byte) ~value, (byte) (value * 7));
                s.fromClient(p).reachesBackend(p);
                Packet r = s.reply(0).payload((byte) value, (byte) (value * 13));
                s.fromBackend(r).reachesClient(r, WEB);
              }
            }),
        row(
            "UDP checksum 0 stays 0",
            PacketRow.For.IPV4_UDP,
            s -> {
              Packet p = s.open(WEB).withoutChecksum();
              s.fromClient(p).reachesBackend(p);
              s.fromBackend(s.answer().withoutChecksum())
                  .reachesClient(s.answer().withoutChecksum(), WEB);
            }),
        row(
            "a checksum that becomes 0",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet sent = s.data(WEB, 0).to(s.backend(), Scene.BACKEND_PORT).withZeroChecksum();
              Packet p = sent.to(s.family().service(), WEB);
              s.fromClient(p).reachesBackend(p);
              Packet back = s.reply(0).from(s.family().service(), WEB).withZeroChecksum();
              Packet r = back.from(s.backend(), Scene.BACKEND_PORT);
              s.fromBackend(r).reachesClient(r, WEB);
            }),
        row(
            "a checksum that was 0",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet p = s.data(WEB, 0).withZeroChecksum();
              s.fromClient(p).reachesBackend(p);
              Packet r = s.reply(0).withZeroChecksum();
              s.fromBackend(r).reachesClient(r, WEB);
            }));
  }

  private static List<PacketRow> egress() {
    return List.of(
        row(
            "a reply that leaves without having met us is restored",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (int bytes : new int[] {1, 100, 1332}) {
                Packet reply = s.reply(bytes);
                s.leaving(reply).leavesAs(reply.from(s.family().service(), WEB));
              }
            }),
        row(
            "a SYN-ACK seen on its way out counts",
            PacketRow.For.ALL,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.leaving(s.answer()).leavesAs(s.answer().from(s.family().service(), WEB));
              long before = s.tableEvents("promoted");
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("promoted") - before).isEqualTo(1);
            }),
        row(
            "a reply with UDP checksum 0 leaves with 0",
            PacketRow.For.IPV4_UDP,
            s -> {
              s.establish(WEB);
              Packet reply = s.reply(10).withoutChecksum();
              s.leaving(reply).leavesAs(reply.from(s.family().service(), WEB));
            }),
        row(
            "a checksum that becomes 0 on its way out",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet sent = s.reply(0).from(s.family().service(), WEB).withZeroChecksum();
              s.leaving(sent.from(s.backend(), Scene.BACKEND_PORT)).leavesAs(sent);
            }),
        row(
            "what was restored already is left alone",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.leaving(s.reply(10).from(s.family().service(), WEB)).passes();
            }),
        row(
            "a direct connection's reply leaves as it is",
            PacketRow.For.ALL,
            s -> s.leaving(s.reply(10)).passes()),
        row(
            "towards the backend it touches nothing",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.leaving(s.data(WEB, 10).to(s.backend(), Scene.BACKEND_PORT)).passes();
            }));
  }
}
