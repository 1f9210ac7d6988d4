package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes packets that know the formats and break them: valid ones around flows that live, dressed
 * up, then changed in single fields, cut at any byte, padded, tagged. The seed decides everything.
 */
final class MutantMaker {
  private static final int[] SERVICES = {
    Scene.WEB, Scene.SAME_BACKEND, Scene.TWO_BACKENDS, Scene.BY_SOURCE, Scene.ROUTED, Scene.TAGGED
  };
  private static final int LIVE_PORTS = 40;
  private static final int FIRST_PORT = 20_000;

  /** Index in {@link #backends}. */
  private static final int TAGGED_BACKEND = 2;

  private static final int[] FLAGS = {
    Packet.SYN,
    Packet.SYN | Packet.ACK,
    Packet.ACK,
    Packet.ACK | Packet.PSH,
    Packet.FIN | Packet.ACK,
    Packet.RST,
    Packet.RST | Packet.ACK,
    Packet.FIN,
    0,
    0xff
  };
  private static final int[] HOP_LIMITS = {0, 1, 2, 64, 255};
  private static final int[] EXTENSIONS = {
    Packet.HOP_BY_HOP, Packet.ROUTING, Packet.DESTINATION_OPTIONS, Packet.ROUTING_ON
  };
  private static final int[] TAGS = {0x8100, 0x88a8, 0x9100};

  private final SplittableRandom random;
  private final StringBuilder story = new StringBuilder();
  private Scene.Family family = Scene.Family.IPV4;
  private int protocol;

  MutantMaker(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The packets by which a round's live flows come into being, unharmed. */
  static List<Mutant> flows() {
    List<Mutant> all = new ArrayList<>();
    MutantMaker maker = new MutantMaker(0);
    for (Scene.Family each : Scene.Family.values()) {
      for (int transport : List.of(Packet.TCP, Packet.UDP)) {
        for (int port = FIRST_PORT; port < FIRST_PORT + LIVE_PORTS; port++) {
          maker.family = each;
          maker.protocol = transport;
          maker.establish(all, port, SERVICES[port % SERVICES.length]);
        }
      }
    }
    return all;
  }

  private void establish(List<Mutant> all, int port, int service) {
    all.add(fromClient(toService(port, service).tcp(Packet.SYN, 1000, 0)));
    for (InetAddress backend : backends()) {
      Packet answer = toClient(port, backend).tcp(Packet.SYN | Packet.ACK, 5000, 1001);
      byte[] frame = withItsTag(answer).bytes();
      all.add(new Mutant(frame, PacketLab.BACKEND_SIDE_IFINDEX, false, 0, "answer"));
    }
    all.add(fromClient(toService(port, service).tcp(Packet.ACK, 1001, 5001)));
  }

  private static Mutant fromClient(Packet packet) {
    return new Mutant(packet.bytes(), PacketLab.CLIENT_SIDE_IFINDEX, false, 0, "opening");
  }

  Mutant next() {
    story.setLength(0);
    family = pick(Scene.Family.values());
    protocol = random.nextBoolean() ? Packet.TCP : Packet.UDP;
    Packet base = base();
    boolean fromBackend = backends().contains(base.source());
    boolean egress = fromBackend && random.nextInt(3) == 0;
    byte[] frame = dressed(egress ? base : withItsTag(base)).bytes();
    for (int n = random.nextInt(4); n > 0; n--) {
      frame = mutated(frame);
    }
    int padding = random.nextInt(4) == 0 ? padding(frame) : 0;
    frame = Arrays.copyOf(frame, Math.max(frame.length + padding, MIN_BYTES));
    int ifindex =
        fromBackend == random.nextInt(10) > 0
            ? PacketLab.BACKEND_SIDE_IFINDEX
            : PacketLab.CLIENT_SIDE_IFINDEX;
    if (egress) {
      // As the stack sends it by its device towards the client.
      ifindex = PacketLab.CLIENT_SIDE_IFINDEX;
    }
    return new Mutant(frame, ifindex, egress, padding, story.toString());
  }

  /** Less than an Ethernet header the kernel does not take. */
  private static final int MIN_BYTES = 14;

  /** Only behind a whole packet is it nobody's. */
  private int padding(byte[] frame) {
    FrameView view = new FrameView(frame);
    return view.isFlow() ? 1 + random.nextInt(40) : 0;
  }

  private Packet base() {
    int port = FIRST_PORT + random.nextInt(LIVE_PORTS);
    int service =
        SERVICES[
            (random.nextInt(6) > 0 ? port : random.nextInt(SERVICES.length)) % SERVICES.length];
    InetAddress backend =
        service == Scene.TAGGED
            ? backends().get(TAGGED_BACKEND)
            : backends().get(random.nextInt(3) > 0 ? 0 : 1);
    int choice = random.nextInt(20);
    if (choice < 7) {
      return tell("to service", spoken(toService(port, service)));
    }
    if (choice < 13) {
      return tell("to client", spoken(toClient(port, backend)));
    }
    return switch (choice) {
      case 13 -> tell("new", spoken(toService(random.nextInt(1024, 65536), service)));
      case 14 -> tell("straight", spoken(toService(port, service)).to(backend, Scene.BACKEND_PORT));
      case 15 ->
          tell("stranger", spoken(toService(port, service)).to(family.onBackendSide(99), 80));
      case 16 -> tell("error to client", error(toClient(port, backend), toService(port, service)));
      case 17 -> tell("error to backend", error(toService(port, service), toClient(port, backend)));
      case 18 -> tell("other protocol", other(toService(port, service)));
      default ->
          tell("odd service", spoken(toService(port, random.nextInt(Scene.WEB, Scene.WEB + 12))));
    };
  }

  private Packet tell(String what, Packet packet) {
    story.append(what);
    return packet;
  }

  private Packet toService(int port, int service) {
    int client = service == Scene.ROUTED ? Scene.ROUTED_CLIENT : Scene.CLIENT;
    return Packet.of(protocol)
        .from(family.onClientSide(client), port)
        .to(family.service(), service)
        .macs(PacketLab.CLIENT_SIDE_MAC, PacketLab.CLIENT_MAC);
  }

  private List<InetAddress> backends() {
    return List.of(
        family.onBackendSide(Scene.BACKEND),
        family.onBackendSide(Scene.OTHER_BACKEND),
        family.on(PacketLab.TAGGED_BACKEND_NETWORK, Scene.BACKEND));
  }

  /** As a host on its network sends it by the lab's device; TC sees none of these tags. */
  private Packet withItsTag(Packet packet) {
    return packet.source().equals(backends().get(TAGGED_BACKEND))
        ? packet.tag(PacketLab.BACKEND_TAG.protocol(), PacketLab.BACKEND_TAG.id())
        : packet;
  }

  private Packet toClient(int port, InetAddress backend) {
    return Packet.of(protocol)
        .from(backend, Scene.BACKEND_PORT)
        .to(family.onClientSide(Scene.CLIENT), port)
        .macs(PacketLab.BACKEND_SIDE_MAC, PacketLab.BACKEND_MAC);
  }

  private Packet spoken(Packet packet) {
    Packet p = packet.payload(random.nextInt(3) == 0 ? random.nextInt(1500) : random.nextInt(20));
    if (protocol == Packet.TCP) {
      return p.tcp(FLAGS[random.nextInt(FLAGS.length)], random.nextInt(), 5001);
    }
    return random.nextInt(4) == 0 ? p.withoutChecksum() : p;
  }

  /** The kinds of ICMP about a packet that went the other way; the quote may be cut. */
  private Packet error(Packet direction, Packet about) {
    boolean ipv4 = family == Scene.Family.IPV4;
    byte[] quoted = about.payload(random.nextInt(64)).bytes();
    int quote = random.nextInt(quoted.length - FrameView.ETHERNET_BYTES + 1);
    ByteBuffer message = ByteBuffer.allocate(8 + quote);
    message.put((byte) (ipv4 ? pick(3, 4, 5, 11, 12, 8, 0) : pick(1, 2, 3, 4, 128, 129, 137)));
    message.put((byte) random.nextInt(6)).putShort((short) random.nextInt());
    message.putInt(random.nextBoolean() ? 1280 : random.nextInt());
    message.put(quoted, FrameView.ETHERNET_BYTES, quote);
    return direction.as(ipv4 ? 1 : 58).payload(message.array());
  }

  private Packet other(Packet packet) {
    byte[] payload = new byte[random.nextInt(40)];
    return packet.as(pick(2, 4, 41, 47, 50, 132, 255)).payload(payload);
  }

  private Packet dressed(Packet packet) {
    Packet p = packet;
    if (random.nextInt(4) == 0) {
      p = p.hopLimit(HOP_LIMITS[random.nextInt(HOP_LIMITS.length)]);
      story.append(", hop limit");
    }
    if (random.nextInt(6) == 0) {
      p = family == Scene.Family.IPV4 ? p.ipv4Options(4 + 4 * random.nextInt(10)) : extended(p);
      story.append(", options");
    }
    if (random.nextInt(12) == 0) {
      p = p.fragment(random.nextInt(4), random.nextBoolean());
      story.append(", fragment");
    }
    return p;
  }

  private Packet extended(Packet packet) {
    int[] types = new int[1 + random.nextInt(6)];
    Arrays.setAll(types, i -> EXTENSIONS[random.nextInt(random.nextInt(4) == 0 ? 4 : 3)]);
    return packet.ipv6Extensions(types);
  }

  private byte[] mutated(byte[] frame) {
    return switch (random.nextInt(8)) {
      case 0 -> cut(frame);
      case 1 -> tagged(frame);
      case 2 -> flipped(frame);
      default -> changedField(frame);
    };
  }

  private byte[] cut(byte[] frame) {
    int length = random.nextInt(MIN_BYTES, frame.length + 1);
    story.append(", cut to ").append(length);
    return Arrays.copyOf(frame, length);
  }

  private byte[] tagged(byte[] frame) {
    story.append(", tag");
    byte[] longer = new byte[frame.length + 4];
    System.arraycopy(frame, 0, longer, 0, 12);
    System.arraycopy(frame, 12, longer, 16, frame.length - 12);
    ByteBuffer.wrap(longer)
        .putShort(12, (short) TAGS[random.nextInt(TAGS.length)])
        .putShort(14, (short) pick(0, random.nextInt(), 5 << 13, 100, 200));
    return longer;
  }

  private byte[] flipped(byte[] frame) {
    byte[] changed = frame.clone();
    int at = random.nextInt(changed.length);
    changed[at] ^= (byte) (1 << random.nextInt(8));
    story.append(", bit at ").append(at);
    return changed;
  }

  private byte[] changedField(byte[] frame) {
    List<FrameField> fields = FrameField.of(frame);
    FrameField field = fields.get(random.nextInt(fields.size()));
    story.append(", ").append(field.name());
    byte[] changed = frame.clone();
    if (field.isAddress() && random.nextBoolean()) {
      byte[] known = knownAddress(field.bytes());
      System.arraycopy(known, 0, changed, field.offset(), known.length);
      return changed;
    }
    int fill = random.nextInt(4);
    for (int i = 0; i < field.bytes(); i++) {
      changed[field.offset() + i] = (byte) (fill == 0 ? 0 : fill == 1 ? 0xff : random.nextInt(256));
    }
    if (fill == 3) {
      // One more or less than it was.
      System.arraycopy(frame, field.offset(), changed, field.offset(), field.bytes());
      changed[field.offset() + field.bytes() - 1] += (byte) (random.nextBoolean() ? 1 : -1);
    }
    return changed;
  }

  private byte[] knownAddress(int bytes) {
    Scene.Family known = bytes == 4 ? Scene.Family.IPV4 : Scene.Family.IPV6;
    InetAddress address =
        switch (random.nextInt(6)) {
          case 0 -> known.service();
          case 1 -> known.onBackendSide(Scene.BACKEND);
          case 2 -> known.onBackendSide(Scene.OTHER_BACKEND);
          case 3 -> known.onClientSide(Scene.CLIENT);
          case 4 -> known.onClientSide(1);
          default -> known.onClientSide(Scene.UNKNOWN_CLIENT);
        };
    return address.getAddress();
  }

  private int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  private <T> T pick(T[] of) {
    return of[random.nextInt(of.length)];
  }
}
