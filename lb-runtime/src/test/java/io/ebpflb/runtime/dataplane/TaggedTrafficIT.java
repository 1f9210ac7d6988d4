package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TCP over links whose frames carry VLAN tags, through native XDP. Programs at the hosts' ends put
 * tags on and off, and at the balancer another device is described as the sub-interface, so the
 * kernel need not know VLANs.
 */
@SuppressWarnings("try")
@Timeout(120)
@Tag("side-by-side")
class TaggedTrafficIT {
  private static final int BYTES = 2_000_000;
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final int TIMEOUT_MILLIS = 20_000;

  /** What a host's frames carry: with an id or, if that is 0, priority alone. */
  private record Tag(int protocol, int control) {
    private static final Tag NONE = new Tag(0, 0);
    private static final Tag PRIORITY = new Tag(0x8100, 5 << 13);

    boolean hasId() {
      return (control & 0xfff) != 0;
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Of the client's frames, and of the backend's.
    "0x8100, 100, 0, 0",
    "0, 0, 0x88a8, 200",
    "0x8100, 100, 0x88a8, 200",
    "0x8100, 300, 0x8100, 300"
  })
  void transfersAreWhole(
      int clientProtocol, int clientControl, int backendProtocol, int backendControl)
      throws Exception {
    transfer(
        Configuration.Hook.XDP,
        new Tag(clientProtocol, clientControl),
        new Tag(backendProtocol, backendControl));
  }

  /** What is sent on has no tag; what comes back to the client has none either. */
  @ParameterizedTest
  @EnumSource(names = {"XDP", "TC"})
  void priorityAloneIsLookedThrough(Configuration.Hook hook) throws Exception {
    transfer(hook, Tag.PRIORITY, Tag.NONE);
  }

  private static void transfer(Configuration.Hook hook, Tag client, Tag backend) throws Exception {
    try (Topology topology = Topology.create("lbt", 1, Topology.Offloads.NONE);
        Trunk clients = new Trunk(topology, Topology.CLIENT_LINK, topology.client(), client);
        Trunk backends =
            new Trunk(topology, Topology.backendLink(1), topology.backend(1), backend)) {
      List<Trunk> trunks = List.of(clients, backends);
      try (BpfDataPlane dataPlane =
          NetworkNamespace.enter(topology.balancer().name(), () -> open(hook, trunks))) {
        dataPlane.apply(Plans.plan(service(topology, Family.IPV4), service(topology, Family.IPV6)));
        for (Family family : Family.values()) {
          echo(topology, family);
        }
        assertThat(dataPlane.handedToStack()).containsEntry("vlan", 0L);
        assertThat(dataPlane.drops().values()).as("%s", dataPlane.drops()).containsOnly(0L);
      }
      for (Trunk trunk : trunks) {
        trunk.check();
      }
    }
  }

  private static BpfDataPlane open(Configuration.Hook hook, List<Trunk> trunks) {
    Configuration.DataPlaneSettings settings =
        new Configuration.DataPlaneSettings(
            trunks.stream().map(Trunk::device).toList(),
            hook,
            8192,
            256,
            256,
            256,
            1 << 16,
            IDLE,
            IDLE,
            IDLE,
            IDLE,
            false);
    BpfDataPlane dataPlane =
        BpfDataPlane.open(
            settings,
            () -> {
              List<NetworkLink> links = NetworkLink.list();
              return links.stream().map(link -> described(link, links, trunks)).toList();
            });
    dataPlane.awaitLoaded();
    return dataPlane;
  }

  private static NetworkLink described(
      NetworkLink link, List<NetworkLink> links, List<Trunk> trunks) {
    for (Trunk trunk : trunks) {
      if (trunk.tag.hasId() && link.name().equals(trunk.device())) {
        int parent =
            links.stream()
                .filter(candidate -> candidate.name().equals(trunk.link))
                .findFirst()
                .orElseThrow()
                .ifindex();
        return PacketLab.subInterface(
            link, new VlanTag(parent, trunk.tag.protocol(), trunk.tag.control()));
      }
    }
    return link;
  }

  private static Plan.Service service(Topology topology, Family family) {
    return Plans.tcp(
        "web-" + family,
        topology.balancer().address(family),
        Plans.group(Plans.backend(topology.backend(1).address(family), 1)));
  }

  /** Everything that is sent comes back. */
  private static void echo(Topology topology, Family family) throws Exception {
    try (ServerSocket listening =
        NetworkNamespace.enter(topology.backend(1).name(), () -> new ServerSocket(8080))) {
      Thread server = new Thread(() -> serve(listening), "echo");
      server.start();
      byte[] sent = new byte[BYTES];
      new SplittableRandom(family.ordinal()).nextBytes(sent);
      try (Socket socket =
          NetworkNamespace.enter(topology.client().name(), () -> connect(topology, family))) {
        Thread sender = new Thread(() -> send(socket, sent), "sender");
        sender.start();
        byte[] received = socket.getInputStream().readNBytes(BYTES);
        assertThat(received).isEqualTo(sent);
        sender.join();
      }
      server.join();
    }
  }

  private static Socket connect(Topology topology, Family family) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(topology.balancer().address(family), 80), TIMEOUT_MILLIS);
    return socket;
  }

  private static void serve(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client sees it.
    }
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
    } catch (IOException e) {
      // The receiving end sees it.
    }
  }

  /** A host whose frames carry a tag, and what stands for the sub-interface at the balancer. */
  private static final class Trunk implements AutoCloseable {
    private final String link;
    private final Tag tag;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private BpfObject programs;

    Trunk(Topology topology, String link, Namespace host, Tag tag) throws Exception {
      this.link = link;
      this.tag = tag;
      try {
        if (tag.hasId()) {
          makeDevice(topology, host);
        }
        putTags(host);
      } catch (Exception e) {
        close();
        throw e;
      }
    }

    /** The balancer's interface that the config names. */
    String device() {
      return tag.hasId() ? link + ".tag" : link;
    }

    private void makeDevice(Topology topology, Namespace host) throws Exception {
      Namespace balancer = topology.balancer();
      int network = link.equals(Topology.CLIENT_LINK) ? 0 : 1;
      String ipv4 = "10.90.%d.1".formatted(network);
      String ipv6 = network == 0 ? "fd90::1" : "fd90:1::1";
      String balancerMac = mac(balancer, link);
      String hostMac = mac(host, "eth0");
      balancer.run("ethtool", "-K", link, "rxvlan", "off");
      // Nobody asks through the tag who has an address.
      balancer.ip(
          """
          addr flush dev %1$s
          link add %2$s address %3$s type veth peer name %2$s-p
          link set %2$s addrgenmode none up
          link set %2$s-p addrgenmode none up
          addr add %4$s/24 dev %2$s
          addr add %5$s/64 dev %2$s nodad
          neigh replace %6$s lladdr %8$s dev %2$s nud permanent
          neigh replace %7$s lladdr %8$s dev %2$s nud permanent
          """
              .formatted(
                  link, device(), balancerMac, ipv4, ipv6, host.ipv4(), host.ipv6(), hostMac));
      host.ip(
          """
          neigh replace %1$s lladdr %3$s dev eth0 nud permanent
          neigh replace %2$s lladdr %3$s dev eth0 nud permanent
          """
              .formatted(ipv4, ipv6, balancerMac));
    }

    private static String mac(Namespace namespace, String link) throws IOException {
      return namespace.run("cat", "/sys/class/net/" + link + "/address").strip();
    }

    /** The tag goes into the bytes, as on a cable. */
    private void putTags(Namespace host) throws Exception {
      host.run("ethtool", "-K", "eth0", "txvlan", "off", "tx-vlan-stag-hw-insert", "off");
      programs = BpfObject.open("tag.bpf.o").load();
      opened.add(programs);
      try (MappedMemory memory = programs.map(".bss").mapped()) {
        memory.putInt(0, tag.protocol());
        memory.putInt(Integer.BYTES, tag.control());
      }
      NetworkNamespace.enter(
          host.name(),
          () -> {
            NetworkLink eth0 =
                NetworkLink.list().stream()
                    .filter(candidate -> candidate.name().equals("eth0"))
                    .findFirst()
                    .orElseThrow();
            if (!tag.equals(Tag.NONE)) {
              attach("tag_put_on", eth0, TcDirection.EGRESS);
            }
            attach(tag.hasId() ? "tag_take_off" : "tag_refuse", eth0, TcDirection.INGRESS);
            return null;
          });
    }

    private void attach(String program, NetworkLink link, TcDirection direction) {
      Optional<BpfLink> attached = BpfLink.tcx(programs.program(program), link, direction);
      opened.add(0, attached.orElseThrow());
    }

    /** All that came to the host had its tag, or none. */
    void check() {
      try (MappedMemory memory = programs.map(".bss").mapped()) {
        assertThat(memory.getInt(2 * Integer.BYTES)).as("frames as they are due").isPositive();
        assertThat(memory.getInt(3 * Integer.BYTES)).as("other frames").isZero();
      }
    }

    @Override
    public void close() throws Exception {
      for (AutoCloseable each : opened) {
        each.close();
      }
    }
  }
}
