package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.FrameView.Side;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the data plane owes to each packet, kept in a few maps and told of nothing but packets in
 * and packets out. A packet that leaves must be a translation for a flow that is there, and a
 * packet that belongs to one must not go on as nobody's.
 */
final class FlowModel {
  private static final int FIN_CLIENT = 1;
  private static final int FIN_BACKEND = 2;
  private static final int RESET = 4;
  private static final int SYN_ACK = Packet.SYN | Packet.ACK;

  /** The header chain beyond which the programs need not follow. */
  private static final int DEPTH_MAX = 94;

  /** A client, and the service or backend that it speaks to. */
  private record Pair(int protocol, Side client, Side other) {}

  private static final class Flow {
    private final Pair byService;
    private final Pair byBackend;
    private int ends;

    /** Promoted, or refused for want of room: what is settled is not ended by an RST alone. */
    private boolean settled;

    Flow(Pair byService, Pair byBackend) {
      this.byService = byService;
      this.byBackend = byBackend;
    }

    boolean isFading() {
      return (ends & RESET) != 0 && !settled || isClosing();
    }

    boolean isClosing() {
      return (ends & 3) == (FIN_CLIENT | FIN_BACKEND);
    }
  }

  private final Scene.Hook hook;
  private final Map<Pair, Flow> byService = new HashMap<>();
  private final Map<Pair, Flow> byBackend = new HashMap<>();

  /** A flow had to make room, nobody says which: from now on one that is missing is no fault. */
  private boolean evicted;

  /** Flows that ended for a reason that this model knows too, with the present packet. */
  private int ended;

  private int carried;

  /** What first fragments said, whether or not the programs listened, by their datagram. */
  private final Map<ByteBuffer, Set<Pair>> fragments = new HashMap<>();

  FlowModel(Scene.Hook hook) {
    this.hook = hook;
  }

  /** How many packets were translated. */
  int carried() {
    return carried;
  }

  /** Whether it still knows which flows there are. */
  boolean isSure() {
    return !evicted;
  }

  void judge(Mutant given, MutantResult came) {
    ended = 0;
    Mutant mutant = given;
    MutantResult result = came;
    if (hook == Scene.Hook.XDP && !given.egress()) {
      mutant = FrameTags.readThrough(given);
      if (isSent(given, came)) {
        result = FrameTags.sentWith(came);
      } else if (mutant != given && came.verdict() == hook.pass) {
        result = FrameTags.leftWith(given.frame(), came);
      } else if (mutant == given && FrameTags.isTagged(given.frame())) {
        assertThat(came.handovers(HandoverReason.VLAN)).as("tags counted").isEqualTo(1);
      }
    }
    remember(new FrameView(mutant.frame()));
    decide(mutant, result);
    evicted |= result.events(TableEvent.CLOSED) > ended;
  }

  private void decide(Mutant mutant, MutantResult result) {
    int verdict = result.verdict();
    boolean pass = mutant.egress() ? verdict == Scene.Hook.TC.pass : verdict == hook.pass;
    boolean drop = mutant.egress() ? verdict == Scene.Hook.TC.drop : verdict == hook.drop;
    boolean sent = isSent(mutant, result);
    assertThat(pass || drop || sent).as("a verdict that is none").isTrue();
    assertThat(result.drops()).as("counted as dropped").isEqualTo(drop ? 1 : 0);
    if (drop) {
      assertThat(result.events(TableEvent.OPENED)).as("flows opened for what is dropped").isZero();
      return;
    }
    boolean same = Arrays.equals(mutant.frame(), result.packet());
    if (sent) {
      assertThat(result.handovers()).as("sent and handed over").isZero();
      translated(mutant, result, true);
    } else if (!same) {
      assertThat(result.handovers()).as("handed over").isEqualTo(mutant.egress() ? 0 : 1);
      translated(mutant, result, false);
    } else {
      passed(mutant, result);
    }
  }

  private boolean isSent(Mutant mutant, MutantResult result) {
    int verdict = result.verdict();
    return !mutant.egress() && (verdict == hook.redirect || verdict == hook.sendBack);
  }

  /** A packet that left as it came: nobody's, or counted, or handed over un-rewritten. */
  private void passed(Mutant mutant, MutantResult result) {
    FrameView view = new FrameView(mutant.frame());
    assertThat(result.handovers()).as("handed over").isBetween(0L, 1L);
    if (!view.isFlow()) {
      assertThat(result.events(TableEvent.REPLACED_DIRECT)).as("a flow gave way to it").isZero();
      return;
    }
    if (result.events(TableEvent.REPLACED_DIRECT) > 0) {
      gaveWay(view);
      return;
    }
    if (view.transport() > DEPTH_MAX || isForAnother(mutant)) {
      return;
    }
    if (result.handovers() == 0 && !evicted) {
      if (!mutant.egress()) {
        assertThat(isService(view)).as("a packet for a service passed").isFalse();
      }
      Pair reply = new Pair(view.protocol(), view.dest(), view.source());
      assertThat(byBackend.containsKey(reply)).as("a reply passed as nobody's").isFalse();
    }
  }

  /** At TC, frames to other hosts' link addresses are none of ours. */
  private boolean isForAnother(Mutant mutant) {
    if (hook == Scene.Hook.XDP && !mutant.egress()) {
      return false;
    }
    String own =
        mutant.ifindex() == PacketLab.CLIENT_SIDE_IFINDEX
            ? PacketLab.CLIENT_SIDE_MAC
            : PacketLab.BACKEND_SIDE_MAC;
    byte[] mac = HexFormat.ofDelimiter(":").parseHex(own);
    return !Arrays.equals(mutant.frame(), 0, 6, mac, 0, 6);
  }

  private void translated(Mutant mutant, MutantResult result, boolean sent) {
    FrameView before = new FrameView(mutant.frame());
    FrameView after = new FrameView(result.packet());
    carried++;
    if (new ErrorView(before).isAboutAFlow()) {
      error(mutant, result, before, after, sent);
      return;
    }
    if (before.isLaterFragment()) {
      laterFragment(mutant, result, before, after, sent);
      return;
    }
    assertThat(before.isFlow()).as("something that is no whole packet left changed").isTrue();
    assertThat(after.isFlow()).as("what left is no whole packet").isTrue();
    boolean toBackend = !before.dest().equals(after.dest());
    new Translation(mutant.frame(), result.packet(), before, toBackend, sent).check();
    if (toBackend) {
      assertThat(mutant.egress()).as("a destination changed on the way out").isFalse();
      toBackend(before, after, result);
    } else {
      toClient(before, after);
    }
  }

  /** To a SYN straight to its backend, or to the backend's SYN-ACK after one. */
  private void gaveWay(FrameView view) {
    boolean opening = (view.tcpFlags() & (Packet.SYN | Packet.ACK)) == Packet.SYN;
    forget(
        byBackend.get(
            opening
                ? new Pair(view.protocol(), view.source(), view.dest())
                : new Pair(view.protocol(), view.dest(), view.source())));
  }

  /** An error reads as if the service had been the peer, and leaves no trace in the flow. */
  private void error(
      Mutant mutant, MutantResult result, FrameView before, FrameView after, boolean sent) {
    ErrorView error = new ErrorView(before);
    ErrorView changed = new ErrorView(after);
    assertThat(changed.isAboutAFlow()).as("still an error about a flow").isTrue();
    boolean toBackend = !before.destAddress().equals(after.destAddress());
    new ErrorTranslation(mutant.frame(), result.packet(), before, error, toBackend).check(sent);
    Flow flow =
        toBackend
            ? byService.get(new Pair(error.protocol(), error.dest(), error.source()))
            : byBackend.get(new Pair(error.protocol(), error.source(), error.dest()));
    assertThat(flow).as("an error about no flow was translated").isNotNull();
    if (toBackend) {
      assertThat(before.destAddress()).as("for").isEqualTo(error.source().address());
      assertThat(after.destAddress()).isEqualTo(flow.byBackend.other().address());
      assertThat(changed.source()).as("quoted source").isEqualTo(flow.byBackend.other());
    } else {
      assertThat(before.destAddress()).as("for").isEqualTo(error.source().address());
      assertThat(after.sourceAddress()).isEqualTo(flow.byService.other().address());
      assertThat(changed.dest()).as("quoted destination").isEqualTo(flow.byService.other());
    }
  }

  private void remember(FrameView view) {
    if (view.datagram() != null && view.isFlow()) {
      Pair pair = new Pair(view.protocol(), view.source(), view.dest());
      fragments.computeIfAbsent(view.datagram(), key -> new HashSet<>()).add(pair);
    }
  }

  /** It goes where a first one of its datagram went. */
  private void laterFragment(
      Mutant mutant, MutantResult result, FrameView before, FrameView after, boolean sent) {
    boolean toBackend = !before.destAddress().equals(after.destAddress());
    new Translation(mutant.frame(), result.packet(), before, toBackend, sent).check();
    assertThat(toBackend && mutant.egress()).as("a destination changed on the way out").isFalse();
    assertThat(fragments.getOrDefault(before.datagram(), Set.of()))
        .as("flows of this fragment")
        .anyMatch(pair -> toBackend ? isTo(pair, after) : isFrom(pair, after));
  }

  private boolean isTo(Pair pair, FrameView after) {
    Flow flow = byService.get(pair);
    return flow != null && flow.byBackend.other().address().equals(after.destAddress());
  }

  private boolean isFrom(Pair pair, FrameView after) {
    Flow flow = byBackend.get(new Pair(pair.protocol(), pair.other(), pair.client()));
    return flow != null && flow.byService.other().address().equals(after.sourceAddress());
  }

  private void toBackend(FrameView before, FrameView after, MutantResult result) {
    Pair service = new Pair(before.protocol(), before.source(), before.dest());
    Pair backend = new Pair(before.protocol(), before.source(), after.dest());
    assertThat(backendsOf(before)).as("backends of this service").contains(after.dest());
    Flow flow = byService.get(service);
    if (flow != null && !flow.byBackend.equals(backend)) {
      boolean dubious = flow.isFading() || (flow.ends & RESET) != 0;
      boolean reopened = dubious && (before.tcpFlags() & (Packet.SYN | Packet.ACK)) == Packet.SYN;
      assertThat(reopened || evicted).as("a live flow moved").isTrue();
      forget(flow);
      flow = null;
    }
    if (flow == null) {
      Flow other = byBackend.get(backend);
      assertThat(other == null || other.isFading() || evicted)
          .as("two services share a client's port towards one backend")
          .isTrue();
      forget(other);
      flow = new Flow(service, backend);
      byService.put(service, flow);
      byBackend.put(backend, flow);
    } else if (result.events(TableEvent.OPENED) > 0) {
      assertThat(flow.isFading() || evicted).as("a live flow was opened anew").isTrue();
      flow.ends = 0;
      flow.settled = false;
      ended++;
    }
    flow.settled |= result.events(TableEvent.PROMOTED) > 0;
    flow.settled |= result.events(TableEvent.PROMOTION_REFUSED) > 0;
    track(flow, before, FIN_CLIENT);
  }

  private void toClient(FrameView before, FrameView after) {
    Flow flow = byBackend.get(new Pair(before.protocol(), before.dest(), before.source()));
    assertThat(flow).as("a reply that belongs to no flow was translated").isNotNull();
    assertThat(after.source()).as("source of a reply").isEqualTo(flow.byService.other());
    boolean synAck = (before.tcpFlags() & (SYN_ACK | Packet.RST)) == SYN_ACK;
    if (synAck && (flow.ends & RESET) != 0 && !flow.isClosing()) {
      flow.ends = 0;
      ended += flow.settled ? 1 : 0;
    }
    track(flow, before, FIN_BACKEND);
  }

  private static void track(Flow flow, FrameView packet, int fin) {
    if (packet.protocol() != Packet.TCP) {
      return;
    }
    if ((packet.tcpFlags() & Packet.RST) != 0) {
      flow.ends |= RESET;
      return;
    }
    if ((packet.tcpFlags() & Packet.FIN) != 0) {
      flow.ends |= fin;
    }
    if (packet.hasPayload()) {
      flow.ends &= ~RESET;
    }
  }

  private void forget(Flow flow) {
    if (flow != null) {
      ended++;
      byService.remove(flow.byService, flow);
      byBackend.remove(flow.byBackend, flow);
    }
  }

  private static Scene.Family family(FrameView view) {
    return view.family() == 4 ? Scene.Family.IPV4 : Scene.Family.IPV6;
  }

  private static boolean isService(FrameView view) {
    boolean named = is(family(view).service(), view.destAddress());
    int port = view.dest().port();
    return named && port >= Scene.WEB && port <= Scene.NARROW;
  }

  /** As {@link PacketTablePlan} says. */
  private static List<Side> backendsOf(FrameView view) {
    Scene.Family family = family(view);
    List<Integer> hosts = new ArrayList<>();
    int port = view.dest().port();
    if (isService(view) && port == Scene.TAGGED) {
      return List.of(side(family.on(PacketLab.TAGGED_BACKEND_NETWORK, Scene.BACKEND)));
    }
    if (isService(view)) {
      switch (port) {
        case Scene.WEB, Scene.SAME_BACKEND -> hosts.add(Scene.BACKEND);
        case Scene.TWO_BACKENDS, Scene.BY_SOURCE ->
            hosts.addAll(List.of(Scene.BACKEND, Scene.OTHER_BACKEND));
        case Scene.NARROW -> hosts.add(Scene.NARROW_HOST);
        case Scene.ROUTED -> hosts.addAll(routed(view));
        case Scene.UNREACHABLE -> hosts.add(PacketTablePlan.UNREACHABLE_BACKEND);
        default -> {}
      }
    } else if (port == Scene.ANY_ADDRESS
        && PacketLab.NETWORKS.stream()
            .anyMatch(network -> is(family.on(network, 1), view.destAddress()))) {
      hosts.add(Scene.BACKEND);
    }
    return hosts.stream().map(host -> backend(family, host)).toList();
  }

  private static List<Integer> routed(FrameView view) {
    Scene.Family family = family(view);
    ByteBuffer client = view.source().address();
    if (is(family.onClientSide(Scene.ROUTED_CLIENT), client)) {
      return List.of(Scene.OTHER_BACKEND);
    }
    byte[] network = family.onClientSide(Scene.CLIENT).getAddress();
    int bytes = view.family() == 4 ? 2 : 6;
    boolean inside = ByteBuffer.wrap(network, 0, bytes).equals(client.slice(0, bytes));
    return inside ? List.of() : List.of(Scene.BACKEND);
  }

  private static Side backend(Scene.Family family, int host) {
    return side(family.onBackendSide(host));
  }

  private static Side side(InetAddress backend) {
    return new Side(ByteBuffer.wrap(backend.getAddress()), Scene.BACKEND_PORT);
  }

  private static boolean is(InetAddress address, ByteBuffer bytes) {
    return ByteBuffer.wrap(address.getAddress()).equals(bytes);
  }
}
