package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the data plane does with each kind of packet: a name, for which protocols and families, and
 * packets with their verdicts and what they become. Every row runs at both ingress hooks.
 */
final class PacketTable {
  enum For {
    ALL,
    TCP,
    UDP,
    IPV4,
    IPV6,
    IPV4_UDP
  }

  record Row(String name, For scope, Consumer<Scene> steps) {
    boolean appliesTo(Scene.Family family, boolean tcp) {
      boolean ipv4 = family == Scene.Family.IPV4;
      return switch (scope) {
        case ALL -> true;
        case TCP -> tcp;
        case UDP -> !tcp;
        case IPV4 -> ipv4;
        case IPV6 -> !ipv4;
        case IPV4_UDP -> ipv4 && !tcp;
      };
    }
  }

  private static final int RST_ACK = Packet.RST | Packet.ACK;
  private static final int WEB = Scene.WEB;

  private PacketTable() {}

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(forwarding());
    rows.addAll(notOurs());
    rows.addAll(withoutBackend());
    rows.addAll(shapes());
    rows.addAll(handedToStack());
    rows.addAll(checksums());
    rows.addAll(lives());
    rows.addAll(collisions());
    rows.addAll(egress());
    return rows;
  }

  private static Row row(String name, For scope, Consumer<Scene> steps) {
    return new Row(name, scope, steps);
  }

  private static List<Row> forwarding() {
    return List.of(
        row(
            "new flow",
            For.ALL,
            s -> {
              long before = s.tableEvents("opened");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
            }),
        row(
            "retransmitted first packet keeps flow and backend",
            For.ALL,
            s -> {
              InetAddress first = s.fromClient(s.open(Scene.TWO_BACKENDS)).destination();
              long before = s.tableEvents("opened");
              s.fromClient(s.open(Scene.TWO_BACKENDS)).reaches(first, s.open(Scene.TWO_BACKENDS));
              assertThat(s.tableEvents("opened") - before).isZero();
            }),
        row("established by answer and confirmation", For.ALL, s -> s.establish(WEB)),
        row(
            "established, both directions",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.fromClient(s.data(WEB, 100)).reachesBackend(s.data(WEB, 100));
              s.fromBackend(s.reply(200)).reachesClient(s.reply(200), WEB);
            }),
        row(
            "counters of the backend",
            For.ALL,
            s -> {
              DataPlane.BackendCounters before = s.counters(WEB);
              s.establish(WEB);
              s.fromBackend(s.reply(200)).reachesClient(s.reply(200), WEB);
              DataPlane.BackendCounters after = s.counters(WEB);
              assertThat(after.opened() - before.opened()).isEqualTo(1);
              assertThat(after.packetsIn() - before.packetsIn()).isEqualTo(2);
              assertThat(after.packetsOut() - before.packetsOut()).isEqualTo(2);
              assertThat(after.bytesOut() - before.bytesOut())
                  .isEqualTo(ipBytes(s.answer()) + ipBytes(s.reply(200)));
            }),
        row(
            "another client goes on its own",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.withClient(Scene.ROUTED_CLIENT).fromBackend(s.reply(1)).passes();
              s.establish(WEB);
            }),
        row(
            "the longest source route decides",
            For.ALL,
            s -> {
              s.fromClient(s.open(Scene.ROUTED)).isDroppedBecause("no_backend");
              s.withClient(Scene.ROUTED_CLIENT)
                  .fromClient(s.open(Scene.ROUTED))
                  .reaches(s.otherBackend(), s.open(Scene.ROUTED));
            }),
        row(
            "service on any local address",
            For.ALL,
            s -> {
              InetAddress local = s.family().onClientSide(1);
              Packet open = s.open(Scene.ANY_ADDRESS).to(local, Scene.ANY_ADDRESS);
              s.fromClient(open).reachesBackend(open);
              s.fromBackend(s.answer()).reachesClient(s.answer(), local, Scene.ANY_ADDRESS);
            }),
        row(
            "service on any local address is none on another's",
            For.ALL,
            s ->
                s.fromClient(s.open(Scene.ANY_ADDRESS).to(s.stranger(), Scene.ANY_ADDRESS))
                    .passes()));
  }

  private static List<Row> notOurs() {
    return List.of(
        row(
            "another host's port 80",
            For.ALL,
            s -> s.fromClient(s.open(WEB).to(s.stranger(), WEB)).passes()),
        row(
            "another port of the service address",
            For.ALL,
            s -> s.fromClient(s.open(Scene.NO_SERVICE)).passes()),
        row(
            "the other protocol's port",
            For.ALL,
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
            For.ALL,
            s -> {
              Packet there = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
              s.fromClient(there).passes();
              s.fromBackend(s.answer()).passes();
            }),
        row(
            "from a backend to a port that no flow has",
            For.ALL,
            s -> s.fromBackend(s.reply(10)).passes()),
        row(
            "from another port of a backend",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(10).from(s.backend(), 9)).passes();
            }),
        row("VLAN tag", For.ALL, s -> s.fromClient(s.open(WEB).vlan(7)).passes()));
  }

  private static List<Row> withoutBackend() {
    return List.of(
        row(
            "group without backends",
            For.ALL,
            s -> s.fromClient(s.open(Scene.NO_BACKEND)).isDroppedBecause("no_backend")),
        row(
            "all weights zero",
            For.ALL,
            s -> s.fromClient(s.open(Scene.ALL_ZERO)).isDroppedBecause("no_backend")));
  }

  private static List<Row> shapes() {
    return List.of(
        row("cut within the headers", For.ALL, PacketTable::cutAnywhere),
        row(
            "cut within the payload",
            For.ALL,
            s -> {
              byte[] whole = s.open(WEB).payload(20).bytes();
              s.fromClient(Arrays.copyOf(whole, whole.length - 1)).isDroppedBecause("malformed");
            }),
        row(
            "Ethernet padding after the packet stays",
            For.ALL,
            s -> {
              byte[] bytes = s.open(WEB).bytes();
              InetAddress to = s.fromClient(Arrays.copyOf(bytes, bytes.length + 6)).destination();
              assertThat(to).isEqualTo(s.backend());
            }),
        row(
            "IP options of every length",
            For.IPV4,
            s -> {
              for (int length = 4; length <= 40; length += 4) {
                Packet p = s.open(WEB).ipv4Options(length);
                s.fromClient(p).reachesBackend(p);
              }
            }),
        row(
            "IP options in a reply",
            For.IPV4,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(9).ipv4Options(12))
                  .reachesClient(s.reply(9).ipv4Options(12), WEB);
            }),
        row(
            "extension headers",
            For.IPV6,
            s -> {
              for (int[] types :
                  new int[][] {
                    {Packet.HOP_BY_HOP},
                    {Packet.DESTINATION_OPTIONS},
                    {Packet.ROUTING},
                    {Packet.HOP_BY_HOP, Packet.DESTINATION_OPTIONS},
                    {Packet.HOP_BY_HOP, Packet.DESTINATION_OPTIONS, Packet.ROUTING}
                  }) {
                Packet p = s.open(WEB).ipv6Extensions(types);
                s.fromClient(p).reachesBackend(p);
              }
            }),
        row(
            "fragments for a service",
            For.IPV4,
            s -> {
              s.fromClient(s.data(WEB, 64).fragment(0, true)).isDroppedBecause("fragment");
              s.fromClient(s.data(WEB, 64).fragment(8, true)).isDroppedBecause("fragment");
              s.fromClient(s.data(WEB, 64).fragment(8, false)).isDroppedBecause("fragment");
            }),
        row(
            "IPv6 fragment for a service",
            For.IPV6,
            s ->
                s.fromClient(s.data(WEB, 64).ipv6Extensions(Packet.FRAGMENT))
                    .isDroppedBecause("fragment")),
        row(
            "fragments of others",
            For.IPV4,
            s -> s.fromClient(s.data(WEB, 64).to(s.stranger(), WEB).fragment(8, true)).passes()),
        row(
            "IPv6 fragment of others",
            For.IPV6,
            s ->
                s.fromClient(s.data(WEB, 64).to(s.stranger(), WEB).ipv6Extensions(Packet.FRAGMENT))
                    .passes()),
        row(
            "ICMP for a service",
            For.ALL,
            s -> {
              int icmp = s.family() == Scene.Family.IPV4 ? 1 : 58;
              int echo = s.family() == Scene.Family.IPV4 ? 8 : 128;
              s.fromClient(
                      Packet.of(icmp)
                          .from(s.client(), 0)
                          .to(s.family().service(), 0)
                          .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC)
                          .payload((byte) echo, (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4))
                  .passesBecause("icmp");
            }),
        row(
            "another protocol for a service",
            For.ALL,
            s ->
                s.fromClient(
                        Packet.of(132)
                            .from(s.client(), 0)
                            .to(s.family().service(), 0)
                            .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC)
                            .payload(40))
                    .passesBecause("protocol")));
  }

  /** Without both addresses it may be anybody's; with them it is the service's, and of no use. */
  private static void cutAnywhere(Scene s) {
    Packet p = s.data(WEB, 40);
    byte[] whole = p.bytes();
    // The kernel's test run at TC refuses frames that end within the IP header.
    int shortest = s.hook() == Scene.Hook.XDP ? 14 : p.addressesEnd();
    for (int length = shortest; length < p.headerBytes(); length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length < p.addressesEnd()) {
        s.fromClient(cut).passes();
      } else {
        s.fromClient(cut).isDroppedBecause("malformed");
      }
    }
  }

  private static List<Row> handedToStack() {
    return List.of(
        row(
            "hop limit ends here on the way to the backend",
            For.ALL,
            s -> {
              Packet p = s.open(WEB).hopLimit(1);
              s.fromClient(p).passesAs(p.to(s.backend(), Scene.BACKEND_PORT), "ttl");
            }),
        row(
            "hop limit ends here on the way back",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(30).hopLimit(1)).passesBecause("ttl");
            }),
        row(
            "hop limit 2 is sent as 1",
            For.ALL,
            s -> s.fromClient(s.open(WEB).hopLimit(2)).reachesBackend(s.open(WEB).hopLimit(2))),
        row(
            "hop limits with a borrow or carry in the checksum",
            For.IPV4,
            s -> {
              for (int hops = 2; hops <= 255; hops++) {
                s.fromClient(s.open(WEB).hopLimit(hops)).reachesBackend(s.open(WEB).hopLimit(hops));
              }
            }),
        row(
            "too large for the backend's link",
            For.ALL,
            s -> {
              s.establish(WEB);
              int room = PacketLab.BACKEND_SIDE_MTU - (int) ipBytes(s.data(WEB, 0));
              s.fromClient(s.data(WEB, room)).reachesBackend(s.data(WEB, room));
              Packet large = s.data(WEB, room + 1);
              s.fromClient(large).passesAs(large.to(s.backend(), Scene.BACKEND_PORT), "mtu");
            }),
        row(
            "backend's link address unknown",
            For.ALL,
            s -> {
              Packet p = s.open(Scene.UNREACHABLE);
              InetAddress backend = s.family().onBackendSide(50);
              s.fromClient(p).passesAs(p.to(backend, Scene.BACKEND_PORT), "neighbor");
            }),
        row(
            "client's link address unknown",
            For.ALL,
            s -> {
              s.withClient(Scene.UNKNOWN_CLIENT);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(s.answer()).passesBecause("neighbor");
            }));
  }

  private static List<Row> checksums() {
    return List.of(
        row(
            "payloads of odd and even lengths",
            For.ALL,
            s -> {
              s.establish(WEB);
              for (int bytes : new int[] {1, 2, 3, 7, 8, 511, 1332}) {
                s.fromClient(s.data(WEB, bytes)).reachesBackend(s.data(WEB, bytes));
                s.fromBackend(s.reply(bytes)).reachesClient(s.reply(bytes), WEB);
              }
            }),
        row(
            "payloads that make every carry",
            For.ALL,
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
            For.IPV4_UDP,
            s -> {
              Packet p = s.open(WEB).withoutChecksum();
              s.fromClient(p).reachesBackend(p);
              s.fromBackend(s.answer().withoutChecksum())
                  .reachesClient(s.answer().withoutChecksum(), WEB);
            }),
        row(
            "a checksum that becomes 0",
            For.ALL,
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
            For.ALL,
            s -> {
              s.establish(WEB);
              Packet p = s.data(WEB, 0).withZeroChecksum();
              s.fromClient(p).reachesBackend(p);
              Packet r = s.reply(0).withZeroChecksum();
              s.fromBackend(r).reachesClient(r, WEB);
            }));
  }

  private static List<Row> lives() {
    return List.of(
        row(
            "a confirmation of something else establishes nothing",
            For.TCP,
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
            For.ALL,
            s -> {
              long before = s.tableEvents("promoted");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("promoted") - before).isZero();
            }),
        row(
            "RST to a SYN counts as refused",
            For.TCP,
            s -> {
              long before = s.counters(WEB).refused();
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              Packet rst = s.toClient().tcp(RST_ACK, 0, 1001);
              s.fromBackend(rst).reachesClient(rst, WEB);
              assertThat(s.counters(WEB).refused() - before).isEqualTo(1);
            }),
        row(
            "RST to a refused SYN's retransmission counts again, a repeated RST does not",
            For.TCP,
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
            For.TCP,
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
            "SYN on an established flow leaves it alone",
            For.TCP,
            s -> {
              s.establish(WEB);
              long before = s.tableEvents("opened");
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromClient(s.data(WEB, 10)).reachesBackend(s.data(WEB, 10));
              assertThat(s.tableEvents("opened") - before).isZero();
            }),
        row(
            "SYN on a half-closed flow leaves it alone",
            For.TCP,
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
            For.TCP,
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
            "SYN after RST opens anew",
            For.TCP,
            s -> {
              s.establish(WEB);
              Packet rst = s.clientSays(Packet.RST, WEB);
              s.fromClient(rst).reachesBackend(rst);
              long before = s.tableEvents("opened");
              s.establish(WEB);
              assertThat(s.tableEvents("opened") - before).isEqualTo(1);
            }),
        row(
            "TCP that began before us gets an entry",
            For.TCP,
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

  private static List<Row> collisions() {
    return List.of(
        row(
            "one client port, two services, one backend",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.fromClient(s.open(Scene.SAME_BACKEND)).isDroppedBecause("collision");
              s.fromBackend(s.reply(20)).reachesClient(s.reply(20), WEB);
            }),
        row(
            "a collision takes the next slot's backend",
            For.ALL,
            s -> {
              s.establish(WEB);
              // The table may hold the same backend in all slots that are tried.
              Scene.Outcome outcome = s.fromClient(s.open(Scene.TWO_BACKENDS));
              if (!outcome.wasDropped()) {
                outcome.reaches(s.otherBackend(), s.open(Scene.TWO_BACKENDS));
              }
            }),
        row(
            "a closed flow gives way to a colliding one",
            For.TCP,
            s -> {
              s.establish(WEB);
              s.finish(WEB);
              s.fromClient(s.open(Scene.SAME_BACKEND)).reachesBackend(s.open(Scene.SAME_BACKEND));
              s.fromBackend(s.answer()).reachesClient(s.answer(), Scene.SAME_BACKEND);
            }),
        row(
            "SYN straight to the backend of a live flow",
            For.TCP,
            s -> {
              s.establish(WEB);
              Packet straight = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
              s.fromClient(straight).isDroppedBecause("direct");
              s.fromBackend(s.reply(20)).reachesClient(s.reply(20), WEB);
            }),
        row(
            "SYN straight to the backend removes a closed flow",
            For.TCP,
            s -> {
              s.establish(WEB);
              s.finish(WEB);
              long before = s.tableEvents("replaced_direct");
              s.fromClient(s.open(WEB).to(s.backend(), Scene.BACKEND_PORT)).passes();
              assertThat(s.tableEvents("replaced_direct") - before).isEqualTo(1);
              s.fromBackend(s.answer()).passes();
            }));
  }

  private static List<Row> egress() {
    return List.of(
        row(
            "a reply that leaves without having met us is restored",
            For.ALL,
            s -> {
              s.establish(WEB);
              for (int bytes : new int[] {1, 100, 1332}) {
                Packet reply = s.reply(bytes);
                s.leaving(reply).leavesAs(reply.from(s.family().service(), WEB));
              }
            }),
        row(
            "a SYN-ACK seen on its way out counts",
            For.ALL,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.leaving(s.answer()).leavesAs(s.answer().from(s.family().service(), WEB));
              long before = s.tableEvents("promoted");
              s.fromClient(s.confirm(WEB)).reachesBackend(s.confirm(WEB));
              assertThat(s.tableEvents("promoted") - before).isEqualTo(1);
            }),
        row(
            "a reply with UDP checksum 0 leaves with 0",
            For.IPV4_UDP,
            s -> {
              s.establish(WEB);
              Packet reply = s.reply(10).withoutChecksum();
              s.leaving(reply).leavesAs(reply.from(s.family().service(), WEB));
            }),
        row(
            "a checksum that becomes 0 on its way out",
            For.ALL,
            s -> {
              s.establish(WEB);
              Packet sent = s.reply(0).from(s.family().service(), WEB).withZeroChecksum();
              s.leaving(sent.from(s.backend(), Scene.BACKEND_PORT)).leavesAs(sent);
            }),
        row(
            "what was restored already is left alone",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.leaving(s.reply(10).from(s.family().service(), WEB)).passes();
            }),
        row(
            "a direct connection's reply leaves as it is",
            For.ALL,
            s -> s.leaving(s.reply(10)).passes()),
        row(
            "towards the backend it touches nothing",
            For.ALL,
            s -> {
              s.establish(WEB);
              s.leaving(s.data(WEB, 10).to(s.backend(), Scene.BACKEND_PORT)).passes();
            }));
  }

  private static long ipBytes(Packet packet) {
    return packet.bytes().length - 14;
  }
}
