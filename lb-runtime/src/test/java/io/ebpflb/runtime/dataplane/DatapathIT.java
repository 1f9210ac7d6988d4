package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("side-by-side")
class DatapathIT extends DatapathFixture {
  @ParameterizedTest
  @EnumSource(Hook.class)
  void attachesByEachHookAndLeavesNothing(Hook hook) throws Exception {
    for (int round = 0; round < 2; round++) {
      Datapath datapath = open(hook, "eth0", "eth1");
      String expected =
          switch (hook) {
            case XDP -> "xdp (native) on eth0, eth1";
            case XDP_GENERIC -> "xdp (generic) on eth0, eth1";
            case AUTO, TC -> "tc (tcx) on eth0, eth1";
          };
      assertThat(datapath.description()).isEqualTo(expected);
      String ingress =
          hook == Hook.XDP || hook == Hook.XDP_GENERIC ? "prog/xdp" : "eth1[lb_tc_ingress]";
      assertThat(attached()).contains("eth0[lb_tc_egress]", "eth1[lb_tc_egress]", ingress);
      close(datapath);
      assertThat(attached()).doesNotContain("lb_", "clsact", "prog/xdp");
    }
  }

  @Test
  void putsFiltersInAFixedPlaceWithoutTcx() throws Exception {
    System.setProperty(Attacher.FORCE_CLSACT_PROPERTY, "true");
    Datapath killed = open(Hook.TC, "eth0");
    assertThat(killed.description()).isEqualTo("tc (clsact) on eth0");
    Datapath next = open(Hook.TC, "eth0");

    String ingress = namespace.exec("tc filter show dev eth0 ingress");
    assertThat(ingress.lines().filter(line -> line.contains("lb_tc_ingress"))).hasSize(1);
    assertThat(namespace.exec("tc filter show dev eth0 egress")).contains("lb_tc_egress");

    close(next);
    assertThat(attached()).doesNotContain("lb_tc", "clsact");
    close(killed);
  }

  @Test
  void leavesOthersFiltersAndTheirQdisc() throws Exception {
    System.setProperty(Attacher.FORCE_CLSACT_PROPERTY, "true");
    Datapath datapath = open(Hook.XDP, "eth0");
    namespace.exec(
        "tc",
        "filter",
        "add",
        "dev",
        "eth0",
        "ingress",
        "prio",
        "5",
        "bpf",
        "bytecode",
        "1,6 0 0 0");
    close(datapath);

    assertThat(attached()).contains("clsact").doesNotContain("lb_");
    assertThat(namespace.exec("tc filter show dev eth0 ingress")).contains("bytecode");
  }

  @Test
  void namesAMissingInterface() {
    assertThatThrownBy(() -> open(Hook.AUTO, "eth0", "eth7"))
        .isInstanceOf(DataPlaneException.class)
        .hasMessage(
            "find interface eth7: ENODEV; this network namespace has"
                + " eth0, eth1, lo, peer0, peer1");
  }

  @Test
  void namesALackOfNativeXdp() throws Exception {
    assertThatThrownBy(() -> open(Hook.XDP, "eth0", "lo"))
        .isInstanceOf(DataPlaneException.class)
        .hasMessage(
            "attach XDP to lo (native): EOPNOTSUPP; the driver has no native XDP, set hook ="
                + " \"xdp-generic\"");
    assertThat(attached()).doesNotContain("lb_", "clsact");
  }

  @Test
  void fallsBackToGenericByItself() throws Exception {
    Datapath datapath = open(Hook.AUTO, "lo");
    assertThat(datapath.description()).isEqualTo("xdp (generic) on lo");
    close(datapath);
  }

  @Test
  void namesWhoHasTheInterface() throws Exception {
    Datapath first = open(Hook.XDP, "eth0");
    assertThatThrownBy(() -> open(Hook.XDP, "eth0"))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageMatching(
            "attach XDP to eth0 \\(native\\): EBUSY; program lb_xdp \\(id \\d+\\) is attached"
                + " already: remove it \\(ip link set dev eth0 xdp off\\), or set hook = \"tc\"");
    close(first);
  }

  @Test
  void followsLocalAddresses() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0");
    assertThat(addresses.get()).containsExactly(InetAddress.getByName("10.1.0.1"));
    namespace.ip("addr add 10.2.0.1/24 dev eth1");
    namespace.ip("addr add 2001:db8::1/64 dev eth0 nodad");
    await(() -> addresses.get().contains(InetAddress.getByName("2001:db8::1")));
    assertThat(addresses.get()).hasSize(2);
    namespace.ip("addr del 10.1.0.1/24 dev eth0");
    await(() -> addresses.get().size() == 1);
    close(datapath);
  }

  @Test
  void attachesAgainWhenAnInterfaceIsBack() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0", "eth1");
    namespace.ip("link del eth1");
    await(() -> datapath.description().equals("tc (tcx) on eth0, eth1 (absent)"));
    namespace.ip("link add eth1 type veth peer name peer1");
    await(() -> datapath.description().equals("tc (tcx) on eth0, eth1"));
    assertThat(attached()).contains("eth1[lb_tc_ingress]", "eth1[lb_tc_egress]");
    close(datapath);
    assertThat(attached()).doesNotContain("lb_");
  }

  @Test
  void describesEveryInterfaceToTheDataPath() throws Exception {
    namespace.ip("link set eth0 address 02:00:00:00:00:7f");
    Datapath datapath = open(Hook.XDP, "eth0");
    ByteBuffer eth0 = device(datapath, link("eth0").ifindex());
    assertThat(eth0.getInt(DeviceTable.IFINDEX)).isEqualTo(link("eth0").ifindex());
    assertThat(transmits(eth0)).isTrue();
    byte[] mac = new byte[6];
    eth0.get(DeviceTable.MAC, mac);
    assertThat(mac).containsExactly(2, 0, 0, 0, 0, 0x7f);

    ByteBuffer eth1 = device(datapath, link("eth1").ifindex());
    assertThat(transmits(eth1)).as("no program there").isFalse();
    assertThat(transmits(device(datapath, 1))).as("lo").isFalse();
    close(datapath);
  }

  private static boolean transmits(ByteBuffer device) {
    return (device.getInt(DeviceTable.FLAGS) & DeviceTable.TRANSMITS) != 0;
  }

  @Test
  void sendsByAnyInterfaceThatIsUpAtTc() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0");
    int eth1 = link("eth1").ifindex();
    assertThat(transmits(device(datapath, eth1))).isTrue();
    namespace.ip("link set peer1 down");
    await(() -> !transmits(device(datapath, eth1)));
    close(datapath);
  }

  @Test
  void dropsCachedNextHopsWhenTheyMayBeWrong() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0");
    expectNewGeneration(datapath, () -> namespace.ip("route add 10.9.0.0/16 via 10.1.0.9"));
    expectNewGeneration(datapath, () -> namespace.ip("route del 10.9.0.0/16"));
    expectNewGeneration(datapath, () -> namespace.ip("-6 route add 2001:db8:9::/48 dev eth0"));
    expectNewGeneration(datapath, () -> namespace.ip("addr add 10.3.0.1/24 dev eth0"));
    expectNewGeneration(datapath, () -> namespace.ip("rule add from 10.7.0.0/16 table 100"));
    expectNewGeneration(
        datapath, () -> namespace.ip("neigh replace 10.1.0.9 lladdr 02:00:00:00:00:01 dev eth0"));
    expectNewGeneration(
        datapath, () -> namespace.ip("neigh replace 10.1.0.9 lladdr 02:00:00:00:00:02 dev eth0"));
    expectNewGeneration(datapath, () -> namespace.ip("neigh del 10.1.0.9 dev eth0"));
    expectNewGeneration(datapath, () -> namespace.ip("link set eth0 mtu 1450"));

    namespace.ip("neigh replace 10.1.0.8 lladdr 02:00:00:00:00:03 dev eth0 nud stale");
    TimeUnit.MILLISECONDS.sleep(100);
    int settled = device(datapath, link("eth0").ifindex()).getInt(DeviceTable.GENERATION);
    namespace.ip("neigh replace 10.1.0.8 lladdr 02:00:00:00:00:03 dev eth0 nud reachable");
    TimeUnit.MILLISECONDS.sleep(100);
    assertThat(device(datapath, link("eth0").ifindex()).getInt(DeviceTable.GENERATION))
        .as("a neighbour that was merely confirmed")
        .isEqualTo(settled);
    close(datapath);
  }

  @Test
  void dropsCachedNextHopsWhenPathsChange() throws Exception {
    namespace.ip("addr add 10.2.0.1/24 dev eth1");
    Datapath datapath = open(Hook.TC, "eth0", "eth1");
    for (String change :
        List.of(
            "route add 10.9.0.0/16 nexthop via 10.1.0.9 nexthop via 10.2.0.9",
            "route replace 10.9.0.0/16 nexthop via 10.1.0.9 weight 2 nexthop via 10.2.0.9",
            "nexthop add id 1 via 10.1.0.7 dev eth0",
            "nexthop add id 2 via 10.2.0.7 dev eth1",
            "nexthop add id 3 group 1/2",
            "route replace 10.9.0.0/16 nhid 3",
            "nexthop replace id 3 group 2",
            "link set peer0 down",
            "link set peer0 up",
            "link set eth0 address 02:00:00:00:00:77",
            "neigh replace 10.1.0.6 lladdr 02:00:00:00:00:06 dev eth0",
            "neigh change 10.1.0.6 dev eth0 nud failed")) {
      expectNewGeneration(datapath, () -> namespace.ip(change));
    }
    close(datapath);
  }

  @Test
  void followsAnInterfaceThatIsRenamed() throws Exception {
    Datapath datapath = open(Hook.XDP, "eth0", "eth1");
    namespace.ip("link set eth1 down");
    namespace.ip("link set eth1 name other");
    await(() -> datapath.description().equals("xdp (native) on eth0, eth1 (absent)"));
    assertThat(attached()).contains("other[]");
    namespace.ip("link set peer1 down");
    namespace.ip("link set peer1 name eth1");
    await(() -> datapath.description().equals("xdp (native) on eth0, eth1"));
    assertThat(attached()).contains("other[]", "eth1[lb_tc_egress]");
    close(datapath);
    assertThat(attached()).doesNotContain("lb_", "prog/xdp");
  }

  @Test
  void interfacesThatComeAndGoLeaveNothingBehind() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0", "eth1");
    int before = linksHeld();
    for (int round = 0; round < 5; round++) {
      int old = link("eth1").ifindex();
      namespace.ip("link del eth1");
      namespace.ip("link add eth1 type veth peer name peer1");
      await(() -> attached().contains("eth1[lb_tc_ingress]"));
      await(() -> !datapath.map("device_slots").lookup(intBuffer(old), intBuffer(0)));
      await(
          () ->
              datapath.map("device_slots").lookup(intBuffer(link("eth1").ifindex()), intBuffer(0)));
    }
    await(() -> linksHeld() == before);
    close(datapath);
  }

  /** BPF links that this process holds. */
  private static int linksHeld() throws IOException {
    int held = 0;
    for (File descriptor : new File("/proc/self/fd").listFiles()) {
      if (Files.isSymbolicLink(descriptor.toPath())
          && Files.readSymbolicLink(descriptor.toPath()).toString().contains("bpf_link")) {
        held++;
      }
    }
    return held;
  }

  @Test
  void sweepsTheWholeTable() throws Exception {
    Datapath datapath = open(Hook.TC, "eth0");
    await(() -> datapath.maps().sweeps() >= 1);
    close(datapath);
  }
}
