package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Who is forwarded where, and what is none of our business. */
final class ForwardingRows {
  private static final int WEB = Scene.WEB;

  private ForwardingRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(forwarding());
    rows.addAll(notOurs());
    rows.addAll(withoutBackend());
    return rows;
  }

  private static List<PacketRow> forwarding() {
    return List.of(
        row(
            "new flow",
            PacketRow.For.ALL,
            s -> {
              long before = s.tableEvents("opened");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
            }),
        row(
            "retransmitted first packet keeps flow and backend",
            PacketRow.For.ALL,
            s -> {
              InetAddress first = s.fromClient(s.open(Scene.TWO_BACKENDS)).destination();
              long before = s.tableEvents("opened");
              s.fromClient(s.open(Scene.TWO_BACKENDS)).reaches(first, s.open(Scene.TWO_BACKENDS));
              assertThat(s.tableEvents("opened") - before).isZero();
            }),
        row("established by answer and confirmation", PacketRow.For.ALL, s -> s.establish(WEB)),
        row(
            "established, both directions",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.fromClient(s.data(WEB, 100)).reachesBackend(s.data(WEB, 100));
              s.fromBackend(s.reply(200)).reachesClient(s.reply(200), WEB);
            }),
        row(
            "counters of the backend",
            PacketRow.For.ALL,
            s -> {
              DataPlane.BackendCounters before = s.counters(WEB);
              s.establish(WEB);
              s.fromBackend(s.reply(200)).reachesClient(s.reply(200), WEB);
              DataPlane.BackendCounters after = s.counters(WEB);
              assertThat(after.opened() - before.opened()).isEqualTo(1);
              assertThat(after.packetsIn() - before.packetsIn()).isEqualTo(2);
              assertThat(after.packetsOut() - before.packetsOut()).isEqualTo(2);
              assertThat(after.bytesOut() - before.bytesOut())
                  .isEqualTo(s.answer().ipBytes() + s.reply(200).ipBytes());
            }),
        row(
            "another client goes on its own",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.withClient(Scene.ROUTED_CLIENT).fromBackend(s.reply(1)).passes();
              s.establish(WEB);
            }),
        row(
            "client and backend behind one device",
            PacketRow.For.ALL,
            s -> {
              InetAddress neighbor = s.stranger();
              Packet open =
                  s.open(WEB)
                      .from(neighbor, s.clientPort())
                      .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.CLIENT_MAC);
              s.fromBackend(open)
                  .isSentBackAs(
                      open.to(s.backend(), Scene.BACKEND_PORT)
                          .forwarded()
                          .macs(PacketLab.BACKEND_MAC, PacketLab.BACKEND_SIDE_MAC));
              Packet answer = s.answer().to(neighbor, s.clientPort());
              s.fromBackend(answer)
                  .isSentBackAs(
                      answer
                          .from(s.family().service(), WEB)
                          .forwarded()
                          .macs(PacketLab.BACKEND_MAC, PacketLab.BACKEND_SIDE_MAC));
            }),
        row(
            "by source: every port of a client goes to one backend",
            PacketRow.For.ALL,
            s -> {
              InetAddress first = s.fromClient(s.open(Scene.BY_SOURCE)).destination();
              for (int i = 1; i <= 16; i++) {
                Packet open = s.open(Scene.BY_SOURCE).from(s.client(), s.clientPort() + 20_000 + i);
                s.fromClient(open).reaches(first, open);
              }
            }),
        row(
            "the longest source route decides",
            PacketRow.For.ALL,
            s -> {
              s.fromClient(s.open(Scene.ROUTED)).isDroppedBecause("no_backend");
              s.withClient(Scene.ROUTED_CLIENT)
                  .fromClient(s.open(Scene.ROUTED))
                  .reaches(s.otherBackend(), s.open(Scene.ROUTED));
            }),
        row(
            "service on any local address",
            PacketRow.For.ALL,
            s -> {
              InetAddress local = s.family().onClientSide(1);
              Packet open = s.open(Scene.ANY_ADDRESS).to(local, Scene.ANY_ADDRESS);
              s.fromClient(open).reachesBackend(open);
              s.fromBackend(s.answer()).reachesClient(s.answer(), local, Scene.ANY_ADDRESS);
            }),
        row(
            "service on any local address is none on another's",
            PacketRow.For.ALL,
            s ->
                s.fromClient(s.open(Scene.ANY_ADDRESS).to(s.stranger(), Scene.ANY_ADDRESS))
                    .passes()));
  }

  private static List<PacketRow> notOurs() {
    return List.of(
        row(
            "another host's port 80",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(WEB).to(s.stranger(), WEB)).passes()),
        row(
            "another port of the service address",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(Scene.NO_SERVICE)).passes()),
        row(
            "the other protocol's port",
            PacketRow.For.ALL,
            s -> {
              int other = s.isTcp() ? Packet.UDP : Packet.TCP;
              Packet p =
                  Packet.of(other)
                      .from(s.client(), s.clientPort())
                      .to(s.family().service(), 70)
                      .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC);
              s.fromClient(p).passes();
            }),
        row(
            "straight to a backend and back",
            PacketRow.For.ALL,
            s -> {
              Packet there = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
              s.fromClient(there).passes();
              s.fromBackend(s.answer()).passes();
            }),
        row(
            "from a backend to a port that no flow has",
            PacketRow.For.ALL,
            s -> s.fromBackend(s.reply(10)).passes()),
        row(
            "from another port of a backend",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(10).from(s.backend(), 9)).passes();
            }),
        row(
            "VLAN tag of nobody's",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(WEB).tag(0x8100, 7)).passesBecause("vlan")));
  }

  private static List<PacketRow> withoutBackend() {
    return List.of(
        row(
            "group without backends",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(Scene.NO_BACKEND)).isDroppedBecause("no_backend")),
        row(
            "all weights zero",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(Scene.ALL_ZERO)).isDroppedBecause("no_backend")));
  }
}
