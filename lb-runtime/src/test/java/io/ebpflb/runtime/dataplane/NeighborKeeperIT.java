package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.net.InetAddress;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Next hops of backends, kept resolved by the kernel on our behalf. */
class NeighborKeeperIT extends DatapathFixture {
  private static final String DIRECT = "10.1.0.9";
  private static final String BEHIND_GATEWAY = "10.20.0.9";
  private static final String GATEWAY = "10.1.0.254";

  private Datapath datapath;

  @BeforeEach
  void openDatapath() throws Exception {
    namespace.ip("route add 10.20.0.0/16 via " + GATEWAY);
    namespace.ip("addr add fd01::1/64 dev eth0 nodad");
    namespace.ip("addr add 10.2.0.1/24 dev eth1");
    namespace.ip("addr add fd02::1/64 dev eth1 nodad");
    datapath = open(Hook.TC, "eth0", "eth1");
  }

  @AfterEach
  void closeDatapath() throws Exception {
    close(datapath);
  }

  private void backends(String... addresses) {
    datapath.backends(
        Stream.of(addresses).map(NeighborKeeperIT::parse).collect(Collectors.toSet()));
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** As the ip command shows an entry; empty if there is none. */
  private String entry(String address) {
    return namespace.ip("neigh show " + address).strip();
  }

  private void awaitManaged(String... addresses) throws Exception {
    for (String address : addresses) {
      await(() -> entry(address).contains("managed"));
    }
  }

  @Test
  void backendsAndTheirGatewaysAsLongAsTheyAreBackends() throws Exception {
    backends(DIRECT, BEHIND_GATEWAY, "fd01::9");
    awaitManaged(DIRECT, GATEWAY, "fd01::9");
    assertThat(entry(BEHIND_GATEWAY)).isEmpty();

    backends(BEHIND_GATEWAY);
    await(() -> !entry(DIRECT).contains("managed") && !entry("fd01::9").contains("managed"));
    assertThat(entry(GATEWAY)).contains("managed");

    close(datapath);
    assertThat(namespace.ip("neigh show")).doesNotContain("managed");
  }

  @Test
  void everyPathOfARouteWithSeveral() throws Exception {
    namespace.ip("route add 10.30.0.0/16 nexthop via 10.1.0.7 nexthop via 10.2.0.7");
    namespace.ip("-6 route add fd30::/64 nexthop via fd01::7 nexthop via fd02::7");
    namespace.ip("nexthop add id 1 via 10.1.0.8 dev eth0");
    namespace.ip("nexthop add id 2 via 10.2.0.8 dev eth1");
    namespace.ip("nexthop add id 3 group 1/2");
    namespace.ip("route add 10.31.0.0/16 nhid 3");
    namespace.ip("route add 10.32.0.0/16 via inet6 fd02::9 dev eth1");
    backends("10.30.0.1", "fd30::1", "10.31.0.1", "10.32.0.1");
    awaitManaged("10.1.0.7", "10.2.0.7", "fd01::7", "fd02::7", "10.1.0.8", "10.2.0.8", "fd02::9");
  }

  @Test
  void followsRoutesAndInterfaces() throws Exception {
    backends(BEHIND_GATEWAY);
    awaitManaged(GATEWAY);
    namespace.ip("route replace 10.20.0.0/16 via 10.2.0.254");
    awaitManaged("10.2.0.254");
    await(() -> !entry(GATEWAY).contains("managed"));

    namespace.ip("link set eth1 down");
    await(() -> !entry("10.2.0.254").contains("managed"));
    namespace.ip("link set eth1 up");
    namespace.ip("route replace 10.20.0.0/16 via 10.2.0.254");
    awaitManaged("10.2.0.254");

    namespace.ip("neigh del 10.2.0.254 dev eth1");
    awaitManaged("10.2.0.254");
  }

  @Test
  void leavesWhatAnOperatorMade() throws Exception {
    namespace.ip("neigh add " + DIRECT + " dev eth0 lladdr 02:00:00:00:00:09 nud permanent");
    namespace.ip("neigh add 10.1.0.10 dev eth0 managed");
    backends(DIRECT, "10.1.0.10", "10.1.0.11");
    awaitManaged("10.1.0.11");
    assertThat(entry(DIRECT)).contains("02:00:00:00:00:09").contains("PERMANENT");

    namespace.ip("neigh replace 10.1.0.11 dev eth0 lladdr 02:00:00:00:00:0b nud permanent");
    backends("10.1.0.12");
    awaitManaged("10.1.0.12");
    close(datapath);
    assertThat(entry(DIRECT)).contains("PERMANENT");
    assertThat(entry("10.1.0.10")).contains("managed");
    assertThat(entry("10.1.0.11")).contains("PERMANENT");
  }

  @Test
  void takesOverWhatAKilledProcessLeft() throws Exception {
    backends(DIRECT);
    awaitManaged(DIRECT);
    // The first one stays, as if it could not clean up.
    Datapath next = open(Hook.TC, "eth0");
    namespace.enter(
        () -> {
          next.backends(Set.of(parse("10.1.0.10")));
          return null;
        });
    awaitManaged("10.1.0.10");
    close(next);
    await(() -> !entry("10.1.0.10").contains("managed"));
    awaitManaged(DIRECT);
  }

  @Test
  void verifiesWhatWentStale() throws Exception {
    namespace.exec("sysctl", "-qw", "net.ipv4.neigh.eth0.delay_first_probe_time=1");
    namespace.ip("neigh add 10.1.0.20 dev eth0 lladdr 02:00:00:00:00:14 nud stale");
    namespace.ip("neigh add 10.1.0.21 dev eth0 lladdr 02:00:00:00:00:15 nud stale extern_learn");
    await(() -> !entry("10.1.0.20").contains("lladdr"));
    assertThat(entry("10.1.0.21")).as("a routing daemon's").contains("lladdr").contains("STALE");
  }

  @Test
  void resolvesByItself() throws Exception {
    try (TestNamespace host = new TestNamespace()) {
      namespace.ip("link set peer0 netns " + host.name());
      host.ip("link set peer0 up");
      host.ip("addr add " + DIRECT + "/24 dev peer0");
      host.ip("addr add fd01::9/64 dev peer0 nodad");
      backends(DIRECT, "fd01::9");
      await(() -> entry(DIRECT).contains("lladdr") && entry("fd01::9").contains("lladdr"));
      assertThat(entry(DIRECT)).contains("managed");
    }
  }
}
