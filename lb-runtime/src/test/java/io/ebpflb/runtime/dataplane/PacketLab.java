package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A network namespace with a device towards clients, one towards backends, and neighbors that are
 * known or, by intent, not. Test runs transmit nothing, so nobody has to be at the other ends.
 */
final class PacketLab implements AutoCloseable {
  static final String CLIENT_SIDE = "lab-client";
  static final String BACKEND_SIDE = "lab-backend";
  static final int CLIENT_SIDE_IFINDEX = 10;
  static final int BACKEND_SIDE_IFINDEX = 11;
  private static final int TAGGED_CLIENT_SIDE_IFINDEX = 12;
  static final int TAGGED_BACKEND_SIDE_IFINDEX = 13;

  /** Networks that are reached by the devices above with a tag, by those below without. */
  static final String TAGGED_CLIENT_SIDE = "lab-ctag";

  static final String TAGGED_BACKEND_SIDE = "lab-btag";
  static final VlanTag CLIENT_TAG = new VlanTag(CLIENT_SIDE_IFINDEX, 0x8100, 100);
  static final VlanTag BACKEND_TAG = new VlanTag(BACKEND_SIDE_IFINDEX, 0x88a8, 200);

  static final int CLIENT_NETWORK = 91;
  static final int BACKEND_NETWORK = 92;
  static final int TAGGED_CLIENT_NETWORK = 93;
  static final int TAGGED_BACKEND_NETWORK = 94;
  static final List<Integer> NETWORKS =
      List.of(CLIENT_NETWORK, BACKEND_NETWORK, TAGGED_CLIENT_NETWORK, TAGGED_BACKEND_NETWORK);

  static final String CLIENT_SIDE_MAC = "02:00:00:00:00:01";
  static final String BACKEND_SIDE_MAC = "02:00:00:00:00:03";
  static final String TAGGED_CLIENT_SIDE_MAC = "02:00:00:00:00:05";
  static final String TAGGED_BACKEND_SIDE_MAC = "02:00:00:00:00:07";
  static final String CLIENT_MAC = "02:00:00:00:00:0c";
  static final String BACKEND_MAC = "02:00:00:00:00:0b";

  static final int CLIENT_SIDE_MTU = 1500;
  static final int BACKEND_SIDE_MTU = 1400;

  /** Of the routes to {@link Scene#NARROW_HOST}. */
  static final int NARROW_MTU = 1300;

  private final String namespace;

  private PacketLab(String namespace) {
    this.namespace = namespace;
  }

  static PacketLab create(String name) throws Exception {
    PacketLab lab = new PacketLab("lb-lab-" + name + "-" + ProcessHandle.current().pid());
    ip("", "netns", "add", lab.namespace);
    try {
      ip(script(), "-n", lab.namespace, "-batch", "-");
      lab.within(PacketLab::forward);
      for (String device : List.of(CLIENT_SIDE, BACKEND_SIDE)) {
        run("", "ip", "netns", "exec", lab.namespace, "ethtool", "-K", device, "rxvlan", "off");
      }
    } catch (Exception e) {
      lab.close();
      throw e;
    }
    return lab;
  }

  /** Runs the task within the namespace. */
  <T> T within(Callable<T> task) throws Exception {
    return NetworkNamespace.enter(namespace, task);
  }

  /** Runs the {@code ip} command within the namespace. */
  void ip(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(arguments);
    ip("", all.toArray(String[]::new));
  }

  @Override
  public void close() throws IOException {
    ip("", "netns", "delete", namespace);
  }

  /**
   * The interfaces of the calling thread's namespace, two of them as sub-interfaces: a kernel
   * without VLANs has the same routes by them, and nobody sends by them who asks this. All are
   * hardware, which sends back by XDP_TX.
   */
  static List<NetworkLink> linksWithTags() {
    return NetworkLink.list().stream().map(PacketLab::withTag).toList();
  }

  private static NetworkLink withTag(NetworkLink link) {
    return switch (link.name()) {
      case TAGGED_CLIENT_SIDE -> subInterface(link, CLIENT_TAG);
      case TAGGED_BACKEND_SIDE -> subInterface(link, BACKEND_TAG);
      default -> of(link, "", Optional.empty());
    };
  }

  static NetworkLink subInterface(NetworkLink link, VlanTag tag) {
    return of(link, VlanTag.KIND, Optional.of(tag));
  }

  private static NetworkLink of(NetworkLink link, String kind, Optional<VlanTag> tag) {
    return new NetworkLink(
        link.ifindex(),
        link.name(),
        link.hardwareType(),
        link.flags(),
        link.mtu(),
        link.mac(),
        kind,
        link.queueing(),
        tag,
        link.leadsOut());
  }

  /** The thread's namespace decides which settings these are. */
  private static Path forward() throws IOException {
    Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
    return Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
  }

  private static String script() {
    List<String> lines = new ArrayList<>();
    lines.add("link set lo up");
    addDevice(
        lines, CLIENT_SIDE, CLIENT_SIDE_IFINDEX, CLIENT_SIDE_MAC, CLIENT_SIDE_MTU, CLIENT_NETWORK);
    addDevice(
        lines,
        BACKEND_SIDE,
        BACKEND_SIDE_IFINDEX,
        BACKEND_SIDE_MAC,
        BACKEND_SIDE_MTU,
        BACKEND_NETWORK);
    addDevice(
        lines,
        TAGGED_CLIENT_SIDE,
        TAGGED_CLIENT_SIDE_IFINDEX,
        TAGGED_CLIENT_SIDE_MAC,
        CLIENT_SIDE_MTU,
        TAGGED_CLIENT_NETWORK);
    addDevice(
        lines,
        TAGGED_BACKEND_SIDE,
        TAGGED_BACKEND_SIDE_IFINDEX,
        TAGGED_BACKEND_SIDE_MAC,
        BACKEND_SIDE_MTU,
        TAGGED_BACKEND_NETWORK);
    for (Scene.Family family : Scene.Family.values()) {
      String bits = family == Scene.Family.IPV4 ? "/32" : "/128";
      lines.add("address add " + family.service().getHostAddress() + bits + " dev lo");
      addNarrowRoute(lines, family.onClientSide(Scene.NARROW_HOST), CLIENT_SIDE);
      addNarrowRoute(lines, family.onBackendSide(Scene.NARROW_HOST), BACKEND_SIDE);
      for (int host : List.of(Scene.CLIENT, Scene.ROUTED_CLIENT, Scene.NARROW_HOST)) {
        addNeighbor(lines, family.on(CLIENT_NETWORK, host), CLIENT_MAC, CLIENT_SIDE);
        addNeighbor(lines, family.on(TAGGED_CLIENT_NETWORK, host), CLIENT_MAC, TAGGED_CLIENT_SIDE);
      }
      for (int host :
          List.of(Scene.BACKEND, Scene.OTHER_BACKEND, Scene.STRANGER, Scene.NARROW_HOST)) {
        addNeighbor(lines, family.on(BACKEND_NETWORK, host), BACKEND_MAC, BACKEND_SIDE);
        addNeighbor(
            lines, family.on(TAGGED_BACKEND_NETWORK, host), BACKEND_MAC, TAGGED_BACKEND_SIDE);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static void addDevice(
      List<String> lines, String name, int ifindex, String mac, int mtu, int network) {
    lines.add(
        "link add %s index %d address %s mtu %d type veth peer name %s-p mtu %d"
            .formatted(name, ifindex, mac, mtu, name, mtu));
    for (String device : List.of(name, name + "-p")) {
      lines.add("link set " + device + " addrgenmode none up");
    }
    lines.add("address add 10.%d.0.1/24 dev %s".formatted(network, name));
    lines.add("address add fd%d::1/64 dev %s nodad".formatted(network, name));
  }

  private static void addNarrowRoute(List<String> lines, InetAddress host, String device) {
    lines.add(
        "route add %s dev %s mtu lock %d".formatted(host.getHostAddress(), device, NARROW_MTU));
  }

  private static void addNeighbor(
      List<String> lines, InetAddress address, String mac, String device) {
    lines.add(
        "neighbor replace %s lladdr %s dev %s nud permanent"
            .formatted(address.getHostAddress(), mac, device));
  }

  private static void ip(String input, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    run(input, command.toArray(String[]::new));
  }

  private static void run(String input, String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.US_ASCII));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }
}
