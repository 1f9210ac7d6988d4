package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.PacketRow.row;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Frames with VLAN tags in XDP: of two networks which are reached by the lab's devices with a tag.
 * Every expected frame is built with its checksums, so a tag that touches one would show.
 */
final class TagRows {
  private static final int WEB = Scene.WEB;
  private static final int TAGGED = Scene.TAGGED;
  private static final int PRIORITY_5 = 5 << 13;
  private static final int DROP_ELIGIBLE = 1 << 12;

  private TagRows() {}

  static List<PacketRow> rows() {
    return List.of(
        row(
            "a client with a tag, a backend without",
            PacketRow.For.XDP_HOOK,
            s -> talk(s, WEB, true, false)),
        row(
            "a client without a tag, a backend with one",
            PacketRow.For.XDP_HOOK,
            s -> talk(s, TAGGED, false, true)),
        row("one tag for another", PacketRow.For.XDP_HOOK, s -> talk(s, TAGGED, true, true)),
        row(
            "both behind one tag of one device",
            PacketRow.For.XDP_HOOK,
            s -> {
              Packet open = fromNeighbor(s, PacketLab.TAGGED_BACKEND_NETWORK);
              s.fromBackend(tagged(open, PacketLab.BACKEND_TAG))
                  .isSentBackAs(tagged(toBackend(s, open, true), PacketLab.BACKEND_TAG));
            }),
        row(
            "both behind one device, the backend with a tag",
            PacketRow.For.XDP_HOOK,
            s -> {
              Packet open = fromNeighbor(s, PacketLab.BACKEND_NETWORK);
              s.fromBackend(open)
                  .isSentBackAs(tagged(toBackend(s, open, true), PacketLab.BACKEND_TAG));
            }),
        row(
            "a tag that says priority and nothing else",
            PacketRow.For.XDP_HOOK,
            s -> {
              for (int type : new int[] {0x8100, 0x88a8}) {
                s.fromClient(s.open(WEB).tag(type, PRIORITY_5)).reachesBackend(s.open(WEB));
                s.fromClient(s.open(WEB).tag(type, 0)).reachesBackend(s.open(WEB));
              }
              s.fromBackend(s.answer().tag(0x8100, PRIORITY_5)).reachesClient(s.answer(), WEB);
            }),
        row(
            "priority beside an id is not carried over",
            PacketRow.For.XDP_HOOK,
            s -> {
              int control = PRIORITY_5 | DROP_ELIGIBLE | PacketLab.CLIENT_TAG.id();
              Packet open = s.open(TAGGED).from(client(s, true), s.clientPort());
              s.fromClient(open.tag(0x8100, control))
                  .isSentAs(tagged(toBackend(s, open, true), PacketLab.BACKEND_TAG));
            }),
        row("tags of nobody's", PacketRow.For.XDP_HOOK, TagRows::unknown),
        row(
            "nobody's packets with a tag that we know",
            PacketRow.For.XDP_HOOK,
            s -> {
              Packet p = s.open(WEB).to(s.stranger(), WEB);
              s.fromClient(tagged(p, PacketLab.CLIENT_TAG)).passes();
              s.fromClient(tagged(s.open(Scene.NO_SERVICE), PacketLab.CLIENT_TAG)).passes();
            }),
        row("what the stack must do keeps its tag", PacketRow.For.XDP_HOOK, TagRows::handedOver),
        row("a tag is no part of the MTU", PacketRow.For.XDP_HOOK, TagRows::mtu),
        row("cut in the tag or behind it", PacketRow.For.XDP_HOOK, TagRows::cut),
        row("fragments with a tag", PacketRow.For.XDP_HOOK, TagRows::fragments),
        row("ICMP errors with a tag", PacketRow.For.XDP_HOOK, TagRows::errors),
        row("an RST has the tag of what it answers", PacketRow.For.XDP_HOOK, TagRows::killed));
  }

  /** A connection, with or without a tag on either side. */
  private static void talk(Scene s, int port, boolean client, boolean backend) {
    for (Packet said : List.of(s.open(port), s.confirm(port), s.data(port, 100))) {
      Packet p = said.from(client(s, client), s.clientPort());
      s.fromClient(tagged(p, client ? PacketLab.CLIENT_TAG : null))
          .isSentAs(tagged(toBackend(s, p, backend), backend ? PacketLab.BACKEND_TAG : null));
      s.fromBackend(reply(s, client, backend)).isSentAs(toClient(s, port, client, backend));
    }
  }

  private static Packet answer(Scene s, boolean client, boolean backend) {
    return s.answer()
        .from(backend(s, backend), Scene.BACKEND_PORT)
        .to(client(s, client), s.clientPort());
  }

  private static Packet reply(Scene s, boolean client, boolean backend) {
    return tagged(answer(s, client, backend), backend ? PacketLab.BACKEND_TAG : null);
  }

  private static Packet toClient(Scene s, int port, boolean client, boolean backend) {
    Packet p = answer(s, client, backend).from(s.family().service(), port);
    return towardsClient(p, client);
  }

  private static Packet towardsClient(Packet p, boolean client) {
    String device = client ? PacketLab.TAGGED_CLIENT_SIDE_MAC : PacketLab.CLIENT_SIDE_MAC;
    return tagged(
        p.forwarded().macs(PacketLab.CLIENT_MAC, device), client ? PacketLab.CLIENT_TAG : null);
  }

  private static Packet toBackend(Scene s, Packet p, boolean backend) {
    String device = backend ? PacketLab.TAGGED_BACKEND_SIDE_MAC : PacketLab.BACKEND_SIDE_MAC;
    return p.to(backend(s, backend), Scene.BACKEND_PORT)
        .forwarded()
        .macs(PacketLab.BACKEND_MAC, device);
  }

  /** The first packet of a client that lives among the backends. */
  private static Packet fromNeighbor(Scene s, int network) {
    return s.open(TAGGED)
        .from(s.family().on(network, Scene.STRANGER), s.clientPort())
        .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.CLIENT_MAC);
  }

  private static Packet tagged(Packet p, VlanTag tag) {
    return tag == null ? p : p.tag(tag.protocol(), tag.id());
  }

  private static InetAddress client(Scene s, boolean tagged) {
    return s.family()
        .on(tagged ? PacketLab.TAGGED_CLIENT_NETWORK : PacketLab.CLIENT_NETWORK, Scene.CLIENT);
  }

  private static InetAddress backend(Scene s, boolean tagged) {
    return s.family()
        .on(tagged ? PacketLab.TAGGED_BACKEND_NETWORK : PacketLab.BACKEND_NETWORK, Scene.BACKEND);
  }

  /** Another id, the other kind of tag, the other device's tag, and two of them. */
  private static void unknown(Scene s) {
    s.establish(WEB);
    Packet p = s.data(WEB, 10);
    VlanTag known = PacketLab.CLIENT_TAG;
    s.fromClient(p.tag(known.protocol(), known.id() + 1)).passesBecause("vlan");
    s.fromClient(p.tag(0x88a8, known.id())).passesBecause("vlan");
    s.fromBackend(tagged(s.reply(10), known)).passesBecause("vlan");
    s.fromClient(tagged(p.tag(0x88a8, 7), known)).passesBecause("vlan");
    s.fromClient(tagged(p, known).tag(0x8100, 7)).passesBecause("vlan");
    s.fromClient(p.tag(0x8100, 0).tag(0x8100, 0)).passesBecause("vlan");
    // No VLAN tag at all, though some use it for one.
    s.fromClient(p.tag(0x9100, known.id())).passes();
  }

  private static void handedOver(Scene s) {
    Packet open = s.open(WEB).from(client(s, true), s.clientPort()).hopLimit(1);
    s.fromClient(tagged(open, PacketLab.CLIENT_TAG))
        .passesAs(tagged(open.to(s.backend(), Scene.BACKEND_PORT), PacketLab.CLIENT_TAG), "ttl");
    Packet back = answer(s, true, false).hopLimit(1);
    s.fromBackend(back).passesBecause("ttl");
    s.fromClient(tagged(s.open(Scene.NO_BACKEND), PacketLab.CLIENT_TAG))
        .isDroppedBecause("no_backend");
  }

  private static void mtu(Scene s) {
    talk(s, TAGGED, true, true);
    int room = PacketLab.BACKEND_SIDE_MTU - s.data(TAGGED, 0).ipBytes();
    Packet fits = s.data(TAGGED, room).from(client(s, true), s.clientPort());
    s.fromClient(tagged(fits, PacketLab.CLIENT_TAG))
        .isSentAs(tagged(toBackend(s, fits, true), PacketLab.BACKEND_TAG));
    Packet large = s.data(TAGGED, room + 1).from(client(s, true), s.clientPort());
    s.fromClient(tagged(large, PacketLab.CLIENT_TAG))
        .passesAs(
            tagged(large.to(backend(s, true), Scene.BACKEND_PORT), PacketLab.CLIENT_TAG), "mtu");
  }

  /** Until the type behind the tag is there, the tag is none that is read. */
  private static void cut(Scene s) {
    Packet p = tagged(s.data(WEB, 40), PacketLab.CLIENT_TAG);
    byte[] whole = p.bytes();
    for (int length = 14; length < p.headerBytes(); length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length < 18) {
        s.fromClient(cut).passesBecause("vlan");
      } else if (length < p.addressesEnd()) {
        s.fromClient(cut).passes();
      } else {
        s.fromClient(cut).isDroppedBecause("malformed");
      }
    }
  }

  private static void fragments(Scene s) {
    talk(s, TAGGED, true, true);
    Packet whole = s.data(TAGGED, 500).from(client(s, true), s.clientPort()).id(s.clientPort());
    for (int from : new int[] {0, 200, 400}) {
      Packet piece = whole.piece(from, from == 400 ? 1 << 16 : from + 200);
      s.fromClient(tagged(piece, PacketLab.CLIENT_TAG))
          .isSentAs(tagged(toBackend(s, piece, true), PacketLab.BACKEND_TAG));
    }
    Packet orphan = whole.id(s.clientPort() + 1).piece(200, 400);
    s.fromClient(tagged(orphan, PacketLab.CLIENT_TAG)).isDroppedBecause("fragment");
  }

  private static void killed(Scene s) {
    talk(s, TAGGED, true, true);
    s.kill();
    Packet said = s.data(TAGGED, 100).from(client(s, true), s.clientPort());
    Packet p = tagged(said, PacketLab.CLIENT_TAG);
    if (s.isTcp()) {
      s.fromClient(p).isReset(p);
    } else {
      s.fromClient(p).isSentAs(tagged(toBackend(s, said, true), PacketLab.BACKEND_TAG));
    }
  }

  private static void errors(Scene s) {
    talk(s, TAGGED, true, true);
    Packet said = s.data(TAGGED, 100).from(client(s, true), s.clientPort());
    Packet seen = said.to(backend(s, true), Scene.BACKEND_PORT);
    for (IcmpError error : IcmpError.values()) {
      Packet about =
          error
              .about(seen, 20, s.stranger())
              .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.BACKEND_MAC);
      s.fromBackend(tagged(about, PacketLab.BACKEND_TAG))
          .isSentAs(towardsClient(error.about(said, 20, s.family().service()), true));
    }
  }
}
