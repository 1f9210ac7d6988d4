package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The network changes under steady traffic. Backend 1 gets it through a service, backend 2
 * directly, by the kernel's own forwarding; the same happens to both, and the balanced traffic must
 * be back about as soon. There are no health checks, whose packets would refresh what the kernel
 * knows.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NetworkChangeContract {
  private static final int BALANCED = 1;
  private static final int PLAIN = 2;
  private static final int ANSWERS = 30;

  /** How much later than plain forwarding, on a machine that is busy with other things. */
  private static final double RATIO_MAX = 2;

  private static final long LATER_MILLIS_MAX = 1500;
  private static final int SILENT_ATTEMPTS_MAX = 20;

  private final String hook;
  private final Topology.Offloads offloads;
  private Topology topology;
  private Servers servers;
  private BalancerProcess balancer;
  private int macs;

  NetworkChangeContract(String hook, Topology.Offloads offloads) {
    this.hook = hook;
    this.offloads = offloads;
  }

  @BeforeAll
  void startAll() throws Exception {
    topology = Topology.create("lbt", 2, offloads);
    set("net.ipv6.conf.all.keep_addr_on_down", 1);
    addSecondLink(BALANCED);
    addSecondLink(PLAIN);
    servers = new Servers(topology).start(BALANCED, PLAIN);
    LbToml config = new LbToml(topology, hook).interfaces(second(BALANCED), second(PLAIN));
    for (Family family : Family.values()) {
      config.service("tcp-" + family.ordinal(), family, "tcp", 80, "", 1);
      config.service("udp-" + family.ordinal(), family, "udp", 53, "", 1);
    }
    balancer = BalancerProcess.start(topology, config);
  }

  @AfterAll
  void stopAll() throws Exception {
    if (balancer != null) {
      balancer.close();
    }
    if (servers != null) {
      servers.close();
    }
    if (topology != null) {
      topology.close();
    }
  }

  /** Else verifying an address that was in use takes up to a minute. */
  @BeforeEach
  void verifyNeighborsOften() throws IOException {
    for (String link : List.of(Topology.CLIENT_LINK, link(BALANCED), link(PLAIN))) {
      for (String family : List.of("ipv4", "ipv6")) {
        String prefix = "net.%s.neigh.%s.".formatted(family, link);
        set(prefix + "base_reachable_time_ms", 2000);
        set(prefix + "delay_first_probe_time", 1);
        set(prefix + "retrans_time_ms", 200);
      }
      // Timers that run keep their old length.
      topology.balancer().ip("neigh flush dev %s\n".formatted(link));
    }
  }

  private void set(String variable, int value) throws IOException {
    set(topology.balancer(), variable, value);
  }

  private static void set(Namespace host, String variable, int value) throws IOException {
    host.run("sh", "-c", "echo %d >/proc/sys/%s".formatted(value, variable.replace('.', '/')));
  }

  private static String link(int number) {
    return Topology.backendLink(number);
  }

  private static String second(int number) {
    return "second" + number;
  }

  private void addSecondLink(int number) throws IOException {
    Namespace backend = topology.backend(number);
    String name = second(number);
    topology
        .balancer()
        .ip(
            "link add %s type veth peer name eth1 netns %s\n".formatted(name, backend.name())
                + "addr add 10.91.%d.1/24 dev %s\n".formatted(number, name)
                + "addr add fd91:%d::1/64 dev %s nodad\n".formatted(number, name)
                + "link set %s up\n".formatted(name));
    backend.ip(
        "addr add 10.91.%d.2/24 dev eth1\naddr add fd91:%d::2/64 dev eth1 nodad\nlink set eth1 up\n"
            .formatted(number, number));
    if (offloads == Topology.Offloads.NONE) {
      backend.run("ethtool", "-K", "eth1", "tx", "off", "gro", "on");
    }
  }

  private interface Event {
    void happen(int backend) throws IOException;
  }

  /** Traffic of one kind, each family. */
  private final class Streams implements AutoCloseable {
    private final List<SteadyDatagrams> streams = new ArrayList<>();

    Streams(boolean balanced) throws Exception {
      for (Family family : Family.values()) {
        InetSocketAddress server =
            balanced
                ? new InetSocketAddress(topology.balancer().address(family), 53)
                : new InetSocketAddress(topology.backend(PLAIN).address(family), Servers.PORT);
        streams.add(SteadyDatagrams.start(topology.client(), server));
      }
    }

    void awaitAnswers() throws Exception {
      for (SteadyDatagrams stream : streams) {
        stream.awaitAnswers(ANSWERS);
      }
    }

    void mark() {
      streams.forEach(SteadyDatagrams::mark);
    }

    long silenceMillis(Family family) {
      return streams.get(family.ordinal()).silenceMillis();
    }

    @Override
    public void close() {
      streams.forEach(SteadyDatagrams::close);
    }
  }

  /** Lets it happen to both backends at once. */
  private void compare(String what, Event event) throws Exception {
    try (Streams balanced = new Streams(true);
        Streams plain = new Streams(false);
        Conversation ipv4 = conversation(Family.IPV4);
        Conversation ipv6 = conversation(Family.IPV6)) {
      balanced.awaitAnswers();
      plain.awaitAnswers();
      balanced.mark();
      plain.mark();
      event.happen(BALANCED);
      event.happen(PLAIN);
      balanced.awaitAnswers();
      plain.awaitAnswers();
      check(what, balanced, plain);
      for (Conversation conversation : List.of(ipv4, ipv6)) {
        assertThat(conversation.exchange("still here")).isEqualTo("still here");
      }
    }
  }

  private void check(String what, Streams balanced, Streams plain) throws IOException {
    for (Family family : Family.values()) {
      long ours = balanced.silenceMillis(family);
      long kernels = plain.silenceMillis(family);
      System.out.printf(
          "%s %s %s: silent for %d ms, plain forwarding %d ms%n",
          hook, family, what, ours, kernels);
      assertThat((double) ours)
          .as("%s, %s: plain forwarding took %d ms\n%s", what, family, kernels, balancer.log())
          .isLessThanOrEqualTo(kernels * RATIO_MAX + LATER_MILLIS_MAX);
    }
  }

  private Conversation conversation(Family family) throws Exception {
    Conversation conversation =
        Within.namespace(
            topology.client(),
            () ->
                new Conversation(
                    new InetSocketAddress(topology.balancer().address(family), 80), 0));
    assertThat(conversation.echo()).isEqualTo(Servers.name(BALANCED));
    return conversation;
  }

  private String nextMac() {
    macs++;
    return "02:00:00:00:%02x:%02x".formatted(macs >> 8, macs & 0xff);
  }

  @Test
  void neighborAnnouncesItsNewMac() throws Exception {
    for (Namespace backend : topology.backends()) {
      set(backend, "net.ipv4.conf.eth0.arp_notify", 1);
      set(backend, "net.ipv6.conf.eth0.ndisc_notify", 1);
    }
    compare(
        "a neighbour announces a new MAC",
        number -> topology.backend(number).ip("link set eth0 address %s\n".formatted(nextMac())));
  }

  private enum Silent {
    NEIGHBOR,
    CLIENT
  }

  /** The kernel's timers take their time: one by each hook, in a long run both. */
  private Stream<Silent> silent() {
    Silent one = hook.equals("xdp") ? Silent.NEIGHBOR : Silent.CLIENT;
    return Checkout.isLongRun() ? Stream.of(Silent.values()) : Stream.of(one);
  }

  @ParameterizedTest
  @MethodSource("silent")
  void aHostChangesItsMacInSilence(Silent host) throws Exception {
    if (host == Silent.NEIGHBOR) {
      neighborChangesItsMac();
    } else {
      clientChangesItsMac();
    }
  }

  private void neighborChangesItsMac() throws Exception {
    try (Streams balanced = new Streams(true);
        Streams plain = new Streams(false)) {
      balanced.awaitAnswers();
      plain.awaitAnswers();
      inSilence(
          List.of(balanced, plain),
          () -> {
            for (int number : new int[] {BALANCED, PLAIN}) {
              changeMac(topology.backend(number), "10.90.%d.1", "fd90:%d::1", number, link(number));
            }
          });
      balanced.awaitAnswers();
      plain.awaitAnswers();
      check("a neighbour changes its MAC in silence", balanced, plain);
    }
  }

  /** One after the other: plain traffic would refresh what the kernel knows of the client. */
  private void clientChangesItsMac() throws Exception {
    Streams plain = changeClientMac(false);
    Streams balanced = changeClientMac(true);
    check("a client changes its MAC in silence", balanced, plain);
  }

  private Streams changeClientMac(boolean balanced) throws Exception {
    try (Streams streams = new Streams(balanced)) {
      streams.awaitAnswers();
      inSilence(
          List.of(streams),
          () -> changeMac(topology.client(), "10.90.%d.1", "fd90::1", 0, Topology.CLIENT_LINK));
      streams.awaitAnswers();
      return streams;
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Again, if a host happened to ask for the balancer's address and so told its own. */
  private void inSilence(List<Streams> streams, Action change) throws Exception {
    for (int attempt = 0; attempt < SILENT_ATTEMPTS_MAX; attempt++) {
      int before = macs;
      streams.forEach(Streams::mark);
      change.run();
      String known = topology.balancer().run("ip", "neigh", "show");
      boolean told = false;
      for (int mac = before + 1; mac <= macs; mac++) {
        told |= known.contains("02:00:00:00:%02x:%02x".formatted(mac >> 8, mac & 0xff));
      }
      if (!told) {
        return;
      }
      for (Streams stream : streams) {
        stream.awaitAnswers();
      }
    }
    throw new IOException("no attempt was silent");
  }

  private void changeMac(Namespace host, String ipv4, String ipv6, int number, String link)
      throws IOException {
    set(host, "net.ipv4.conf.eth0.arp_notify", 0);
    set(host, "net.ipv6.conf.eth0.ndisc_notify", 0);
    String gateway =
        topology.balancer().run("cat", "/sys/class/net/%s/address".formatted(link)).strip();
    host.ip(
        "link set eth0 address %s\n".formatted(nextMac())
            + "neigh replace %s dev eth0 lladdr %s nud permanent\n"
                .formatted(ipv4.formatted(number), gateway)
            + "neigh replace %s dev eth0 lladdr %s nud permanent\n"
                .formatted(ipv6.formatted(number), gateway));
  }

  @Test
  void routeMovesToAnotherInterface() throws Exception {
    long before = receivedBySecondLink();
    compare(
        "a route moves to another interface",
        number -> {
          topology
              .backend(number)
              .ip(
                  // The servers answer from the address that the route prefers.
                  "route replace default via 10.91.%d.1 dev eth1 src 10.90.%d.2\n"
                          .formatted(number, number)
                      + "route replace ::/0 via fd91:%d::1 dev eth1 src fd90:%d::2\n"
                          .formatted(number, number));
          topology
              .balancer()
              .ip(
                  "route add 10.90.%d.2 via 10.91.%d.2\n".formatted(number, number)
                      + "route add fd90:%d::2 via fd91:%d::2\n".formatted(number, number)
                      + "link set %s down\n".formatted(link(number)));
        });
    assertThat(receivedBySecondLink() - before).isGreaterThanOrEqualTo(2L * ANSWERS);
    compare(
        "the route moves back",
        number -> {
          topology
              .balancer()
              .ip(
                  "link set %s up\n".formatted(link(number))
                      + "route del 10.90.%d.2\n".formatted(number)
                      + "route del fd90:%d::2\n".formatted(number));
          topology
              .backend(number)
              .ip(
                  "route replace default via 10.90.%d.1 dev eth0\n".formatted(number)
                      + "route replace ::/0 via fd90:%d::1 dev eth0\n".formatted(number));
        });
  }

  private long receivedBySecondLink() throws IOException {
    String counter = "/sys/class/net/eth1/statistics/rx_packets";
    return Long.parseLong(topology.backend(BALANCED).run("cat", counter).strip());
  }

  @Test
  void linkFlaps() throws Exception {
    compare(
        "a link flaps",
        number ->
            topology
                .balancer()
                .ip("link set %s down\nlink set %s up\n".formatted(link(number), link(number))));
  }

  @Test
  void interfaceIsReplaced() throws Exception {
    compare("an interface is replaced", topology::replaceBackendLink);
    // Both in one look, or one after the other.
    assertThat(balancer.log())
        .containsPattern("interface " + link(BALANCED) + " (was replaced|is back): attached");
  }
}
