package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packets that are cut, in pieces, dressed up, or that only the stack can send on. */
final class ShapeRows {
  private static final int WEB = Scene.WEB;

  /** Of extension headers, that ports behind them are still looked for. */
  private static final int REACH_BYTES = 200;

  private ShapeRows() {}

  static List<PacketRow> rows() {
    List<PacketRow> rows = new ArrayList<>();
    rows.addAll(shapes());
    rows.addAll(handedToStack());
    return rows;
  }

  private static List<PacketRow> shapes() {
    return List.of(
        row("cut within the headers", PacketRow.For.ALL, ShapeRows::cutAnywhere),
        row(
            "cut within the payload",
            PacketRow.For.ALL,
            s -> {
              byte[] whole = s.open(WEB).payload(20).bytes();
              s.fromClient(Arrays.copyOf(whole, whole.length - 1)).isDroppedBecause("malformed");
            }),
        row(
            "Ethernet padding after the packet stays",
            PacketRow.For.ALL,
            s -> {
              byte[] bytes = s.open(WEB).bytes();
              InetAddress to = s.fromClient(Arrays.copyOf(bytes, bytes.length + 6)).destination();
              assertThat(to).isEqualTo(s.backend());
            }),
        row(
            "IP options of every length",
            PacketRow.For.IPV4,
            s -> {
              for (int length = 4; length <= 40; length += 4) {
                Packet p = s.open(WEB).ipv4Options(length);
                s.fromClient(p).reachesBackend(p);
              }
            }),
        row(
            "IP options in a reply",
            PacketRow.For.IPV4,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(9).ipv4Options(12))
                  .reachesClient(s.reply(9).ipv4Options(12), WEB);
            }),
        row(
            "extension headers",
            PacketRow.For.IPV6,
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
            "too many extension headers",
            PacketRow.For.IPV6,
            s -> {
              int[] types = new int[5];
              Arrays.fill(types, Packet.DESTINATION_OPTIONS);
              Packet p = s.open(WEB).ipv6Extensions(types);
              s.fromClient(p).isDroppedBecause("extensions");
              s.fromClient(p.to(s.stranger(), WEB)).passes();
            }),
        row(
            "extension headers that reach too far",
            PacketRow.For.IPV6,
            s -> {
              s.establish(WEB);
              s.fromClient(s.data(WEB, 9).ipv6Padding(REACH_BYTES))
                  .reachesBackend(s.data(WEB, 9).ipv6Padding(REACH_BYTES));
              Packet beyond = s.data(WEB, 9).ipv6Padding(REACH_BYTES + 8);
              s.fromClient(beyond).isDroppedBecause("extensions");
              s.fromClient(beyond.fragment(0, true)).isDroppedBecause("extensions");
              Packet first = s.data(WEB, 9).ipv6Padding(REACH_BYTES).fragment(0, true);
              s.fromClient(first).isDroppedBecause("extensions");
              s.fromBackend(s.reply(9).ipv6Padding(REACH_BYTES + 8)).passes();
            }),
        row(
            "a routing header with a hop left",
            PacketRow.For.IPV6,
            s -> {
              Packet p = s.open(WEB).ipv6Extensions(Packet.ROUTING_ON);
              s.fromClient(p).isDroppedBecause("extensions");
              s.fromClient(p.to(s.stranger(), WEB)).passes();
            }),
        row(
            "another protocol for a service",
            PacketRow.For.ALL,
            s ->
                s.fromClient(
                        Packet.of(132)
                            .from(s.client(), 0)
                            .to(s.family().service(), 0)
                            .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC)
                            .payload(40))
                    .passesBecause("protocol")));
  }

  private static List<PacketRow> handedToStack() {
    return List.of(
        row(
            "a source that no router forwards, with the next hop cached",
            PacketRow.For.IPV6,
            s -> {
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              for (String confined : List.of("ff02::1", "fe80::2", "::1")) {
                Packet p = s.open(WEB).from(address(confined), s.clientPort());
                s.fromClient(p).passesAs(p.to(s.backend(), Scene.BACKEND_PORT), "route");
              }
            }),
        row(
            "hop limit ends here on the way to the backend",
            PacketRow.For.ALL,
            s -> {
              Packet p = s.open(WEB).hopLimit(1);
              s.fromClient(p).passesAs(p.to(s.backend(), Scene.BACKEND_PORT), "ttl");
            }),
        row(
            "hop limit ends here on the way back",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              s.fromBackend(s.reply(30).hopLimit(1)).passesBecause("ttl");
            }),
        row(
            "hop limit 2 is sent as 1",
            PacketRow.For.ALL,
            s -> s.fromClient(s.open(WEB).hopLimit(2)).reachesBackend(s.open(WEB).hopLimit(2))),
        row(
            "hop limits with a borrow or carry in the checksum",
            PacketRow.For.IPV4,
            s -> {
              for (int hops = 2; hops <= 255; hops++) {
                s.fromClient(s.open(WEB).hopLimit(hops)).reachesBackend(s.open(WEB).hopLimit(hops));
              }
            }),
        row(
            "too large for the backend's link",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              int room = PacketLab.BACKEND_SIDE_MTU - s.data(WEB, 0).ipBytes();
              s.fromClient(s.data(WEB, room)).reachesBackend(s.data(WEB, room));
              Packet large = s.data(WEB, room + 1);
              s.fromClient(large).passesAs(large.to(s.backend(), Scene.BACKEND_PORT), "mtu");
            }),
        row(
            "too large for the client's link",
            PacketRow.For.ALL,
            s -> {
              s.establish(WEB);
              int room = PacketLab.CLIENT_SIDE_MTU - s.reply(0).ipBytes();
              s.fromBackend(s.reply(room)).reachesClient(s.reply(room), WEB);
              s.fromBackend(s.reply(room + 1)).passesBecause("mtu");
            }),
        row(
            "too large for the route to the backend, less than its link carries",
            PacketRow.For.ALL,
            s -> {
              InetAddress backend = s.family().onBackendSide(Scene.NARROW_HOST);
              int room = PacketLab.NARROW_MTU - s.data(Scene.NARROW, 0).ipBytes();
              Packet fits = s.data(Scene.NARROW, room);
              Packet large = s.data(Scene.NARROW, room + 1);
              // The second flow begins with what the backend knows of its next hop.
              for (int port : new int[] {s.clientPort(), s.clientPort() + 20_000}) {
                s.fromClient(fits.from(s.client(), port))
                    .reaches(backend, fits.from(s.client(), port));
                Packet p = large.from(s.client(), port);
                s.fromClient(p).passesAs(p.to(backend, Scene.BACKEND_PORT), "mtu");
              }
            }),
        row(
            "too large for the route to the client, less than its link carries",
            PacketRow.For.ALL,
            s -> {
              s.withClient(Scene.NARROW_HOST).establish(WEB);
              int room = PacketLab.NARROW_MTU - s.reply(0).ipBytes();
              s.fromBackend(s.reply(room)).reachesClient(s.reply(room), WEB);
              s.fromBackend(s.reply(room + 1)).passesBecause("mtu");
            }),
        row(
            "large, but to be cut by the device",
            PacketRow.For.TC_HOOK_TCP,
            s -> {
              s.establish(WEB);
              DataPlane.BackendCounters before = s.counters(WEB);
              Packet large = s.data(WEB, 2600);
              s.fromClient(large, 2, 1300).reachesBackend(large);
              assertThat(s.counters(WEB).packetsIn() - before.packetsIn()).isEqualTo(2);
              s.fromClient(large, 2, 1400)
                  .passesAs(large.to(s.backend(), Scene.BACKEND_PORT), "mtu");
            }),
        row(
            "backend's link address unknown",
            PacketRow.For.ALL,
            s -> {
              Packet p = s.open(Scene.UNREACHABLE);
              InetAddress backend = s.family().onBackendSide(50);
              s.fromClient(p).passesAs(p.to(backend, Scene.BACKEND_PORT), "neighbor");
            }),
        row(
            "client's link address unknown",
            PacketRow.For.ALL,
            s -> {
              s.withClient(Scene.UNKNOWN_CLIENT);
              s.fromClient(s.open(WEB)).reachesBackend(s.open(WEB));
              s.fromBackend(s.answer()).passesBecause("neighbor");
            }));
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

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
