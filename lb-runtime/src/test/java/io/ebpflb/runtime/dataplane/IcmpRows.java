package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Errors about packets of flows, and what else ICMP says. */
final class IcmpRows {
  private static final int WEB = Scene.WEB;

  /** RFC 792 asks for 8; with 20 a TCP checksum is quoted too. */
  private static final int[] QUOTED = {8, 12, 16, 18, 20, 100};

  private IcmpRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(translated());
    rows.addAll(handedToStack());
    rows.addAll(onTheWayOut());
    rows.addAll(nobodys());
    return rows;
  }

  private static List<PacketRow> translated() {
    return List.of(
        row(
            "ICMP about a reply goes to the backend",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (IcmpError error : IcmpError.values()) {
                for (int bytes : QUOTED) {
                  toBackend(s, error, s.reply(100), bytes, s.family().onClientSide(1));
                  toBackend(s, error, s.reply(100), bytes, s.client());
                }
              }
            }),
        row(
            "ICMP about a client's packet goes to the client, from the service",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (IcmpError error : IcmpError.values()) {
                for (int bytes : QUOTED) {
                  toClient(s, error, s.data(WEB, 100), bytes, s.stranger());
                  toClient(s, error, s.data(WEB, 100), bytes, s.backend());
                }
              }
            }),
        row(
            "ICMP about a flow that nobody answered",
            PacketRow.For.ALL,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              toClient(s, IcmpError.TOO_BIG, s.open(WEB), 8, s.stranger());
              toClient(s, IcmpError.PORT_UNREACHABLE, s.open(WEB), 8, s.backend());
            }),
        row(
            "ICMP that quotes every value of a checksum's bytes",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              for (int value = 0; value < 256; value++) {
                byte[] payload = {(byte) value, (byte) ~value, (byte) (value * 7), 1};
                toBackend(s, IcmpError.TOO_BIG, s.reply(0).payload(payload), 24, s.client());
                toClient(s, IcmpError.TOO_BIG, s.data(WEB, 0).payload(payload), 24, s.stranger());
              }
            }),
        row(
            "ICMP that quotes a checksum that becomes or was 0",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              toBackend(s, IcmpError.TOO_BIG, s.reply(0).withZeroChecksum(), 22, s.client());
              Packet seen = s.reply(0).from(s.family().service(), WEB).withZeroChecksum();
              Packet sent = seen.from(s.backend(), Scene.BACKEND_PORT);
              toBackend(s, IcmpError.TOO_BIG, sent, 22, s.client());
            }),
        row(
            "ICMP that quotes UDP without checksum",
            PacketRow.For.IPV4_UDP,
            s -> {
              s.establish(WEB);
              toBackend(s, IcmpError.TOO_BIG, s.reply(9).withoutChecksum(), 17, s.client());
              toClient(s, IcmpError.TOO_BIG, s.data(WEB, 9).withoutChecksum(), 17, s.stranger());
            }),
        row(
            "ICMP that quotes IP options",
            PacketRow.For.IPV4,
            s -> {
              s.establish(WEB);
              for (int length = 4; length <= 40; length += 4) {
                toBackend(s, IcmpError.TOO_BIG, s.reply(50).ipv4Options(length), 28, s.client());
              }
            }),
        row(
            "ICMP that quotes extension headers",
            PacketRow.For.IPV6,
            s -> {
              s.establish(WEB);
              Packet reply =
                  s.reply(50).ipv6Extensions(Packet.HOP_BY_HOP, Packet.DESTINATION_OPTIONS);
              toBackend(s, IcmpError.TOO_BIG, reply, 28, s.client());
            }),
        row(
            "ICMP with IP options",
            PacketRow.For.IPV4,
            s -> {
              s.establish(WEB);
              Packet seen = s.reply(50).from(s.family().service(), WEB);
              s.fromClient(about(s, IcmpError.TOO_BIG, seen, 28, s.client()).ipv4Options(40))
                  .isSentAs(
                      sent(
                          s, IcmpError.TOO_BIG.about(s.reply(50), 28, s.client()).ipv4Options(40)));
            }));
  }

  private static List<PacketRow> handedToStack() {
    return List.of(
        row(
            "ICMP whose hop limit ends here",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet seen = s.reply(9).from(s.family().service(), WEB);
              s.fromClient(about(s, IcmpError.TOO_BIG, seen, 8, s.client()).hopLimit(1))
                  .passesAs(
                      fromClientSide(IcmpError.TOO_BIG.about(s.reply(9), 8, s.client()))
                          .hopLimit(1),
                      "ttl");
              Packet there = s.data(WEB, 9).to(s.backend(), Scene.BACKEND_PORT);
              s.fromBackend(
                      fromBackendSide(IcmpError.TOO_BIG.about(there, 8, s.stranger())).hopLimit(1))
                  .passesBecause("ttl");
            }),
        row(
            "ICMP for a client whose link address is unknown",
            PacketRow.For.ALL,
            s -> {
              s.withClient(Scene.UNKNOWN_CLIENT);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              Packet there = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
              s.fromBackend(
                      fromBackendSide(IcmpError.PORT_UNREACHABLE.about(there, 8, s.backend())))
                  .passesBecause("neighbor");
            }),
        row(
            "ICMP that is no error about a packet",
            PacketRow.For.ALL,
            s -> {
              boolean ipv4 = s.family() == Scene.Family.IPV4;
              for (int type : ipv4 ? new int[] {0, 5, 8, 13} : new int[] {128, 129, 135, 137}) {
                Packet reply = s.reply(9).from(s.family().service(), WEB);
                s.fromClient(
                        fromClientSide(
                            Packet.of(ipv4 ? Packet.ICMP : Packet.ICMPV6)
                                .from(s.client(), 0)
                                .to(s.family().service(), 0)
                                .icmp(type, 0, 0, reply.quoted(8))))
                    .passesBecause("icmp");
              }
            }));
  }

  private static List<PacketRow> onTheWayOut() {
    return List.of(
        row(
            "this host's own ICMP about what we rewrote leaves in the service's name",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              InetAddress here = s.family().onClientSide(1);
              for (IcmpError error : IcmpError.values()) {
                for (int bytes : QUOTED) {
                  Packet packet = s.data(WEB, 100).hopLimit(1);
                  Packet there = packet.to(s.backend(), Scene.BACKEND_PORT);
                  s.leaving(error.about(there, bytes, here))
                      .leavesAs(error.about(packet, bytes, s.family().service()));
                }
              }
            }),
        row(
            "other ICMP leaves as it is",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              InetAddress here = s.family().onClientSide(1);
              Packet other = s.data(WEB, 100).to(s.backend(), Scene.BACKEND_PORT + 1);
              s.leaving(IcmpError.TOO_BIG.about(other, 8, here)).passes();
              s.leaving(IcmpError.TOO_BIG.about(s.reply(1), 8, here)).passes();
            }));
  }

  private static List<PacketRow> nobodys() {
    return List.of(
        row(
            "forged ICMP about no flow",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              long opened = s.tableEvents("opened");
              Packet seen = s.reply(9).from(s.family().service(), WEB);
              InetAddress from = s.client();
              IcmpError error = IcmpError.PORT_UNREACHABLE;
              s.fromClient(about(s, error, seen.to(s.client(), 7), 8, from)).passesBecause("icmp");
              s.fromClient(about(s, error, seen.from(s.family().service(), 7), 8, from))
                  .passesBecause("icmp");
              s.fromClient(about(s, error, seen.to(s.stranger(), s.clientPort()), 8, from))
                  .passesBecause("icmp");
              // Quotes another's packet, so it is not this host that should hear of it.
              s.fromClient(about(s, error, seen, 8, from).to(s.stranger(), 0)).passes();
              assertThat(s.tableEvents("opened") - opened).isZero();
            }),
        row(
            "forged ICMP about a flow changes nothing in it",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              long retired = s.tableEvents("retired");
              for (IcmpError error : IcmpError.values()) {
                toBackend(s, error, s.reply(9), 8, s.client());
                toClient(s, error, s.data(WEB, 9), 8, s.stranger());
              }
              assertThat(s.tableEvents("retired") - retired).isZero();
              s.fromClient(s.data(WEB, 9)).reachesBackend(s.data(WEB, 9));
              s.fromBackend(s.reply(9)).reachesClient(s.reply(9), WEB);
            }),
        row(
            "ICMP that quotes too little",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              Packet seen = s.reply(9).from(s.family().service(), WEB);
              s.fromClient(about(s, IcmpError.TOO_BIG, seen, 7, s.client())).passesBecause("icmp");
            }),
        row(
            "ICMP that quotes a later fragment",
            PacketRow.For.IPV4,
            s -> {
              s.establish(WEB);
              Packet seen = s.reply(90).from(s.family().service(), WEB).piece(64, 999);
              s.fromClient(about(s, IcmpError.TOO_BIG, seen, 8, s.client())).passesBecause("icmp");
            }));
  }

  /** About a packet that a backend sent, as the client's side saw it. */
  private static void toBackend(
      Scene s, IcmpError error, Packet sent, int bytes, InetAddress from) {
    Packet seen = sent.from(s.family().service(), WEB);
    s.fromClient(about(s, error, seen, bytes, from))
        .isSentAs(sent(s, error.about(sent, bytes, from)));
  }

  /** About a packet that the client sent, as the backends' side saw it. */
  private static void toClient(Scene s, IcmpError error, Packet sent, int bytes, InetAddress from) {
    Packet seen = sent.to(s.backend(), Scene.BACKEND_PORT);
    s.fromBackend(fromBackendSide(error.about(seen, bytes, from)))
        .isSentAs(
            error
                .about(sent, bytes, s.family().service())
                .forwarded()
                .macs(PacketLab.CLIENT_MAC, PacketLab.CLIENT_SIDE_MAC));
  }

  private static Packet about(
      Scene s, IcmpError error, Packet packet, int bytes, InetAddress from) {
    assertThat(s.family().service()).isNotEqualTo(from);
    return fromClientSide(error.about(packet, bytes, from));
  }

  private static Packet sent(Scene s, Packet error) {
    assertThat(error.dest()).isEqualTo(s.backend());
    return error.forwarded().macs(PacketLab.BACKEND_MAC, PacketLab.BACKEND_SIDE_MAC);
  }

  private static Packet fromClientSide(Packet packet) {
    return packet.macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC);
  }

  private static Packet fromBackendSide(Packet packet) {
    return packet.macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.BACKEND_MAC);
  }
}
