package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.config.Configuration.Hook;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A data path in a namespace with two veth pairs, eth0 and eth1 with their peers. */
abstract class DatapathFixture {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  final TestNamespace namespace = new TestNamespace();
  final AtomicReference<List<InetAddress>> addresses =
      new AtomicReference<>(Collections.emptyList());

  @BeforeEach
  void addInterfaces() {
    // An address that becomes usable a second later would be a change of its own.
    namespace.exec("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
    namespace.ip("link add eth0 type veth peer name peer0");
    namespace.ip("link add eth1 type veth peer name peer1");
    for (String name : List.of("eth0", "peer0", "eth1", "peer1")) {
      namespace.ip("link set " + name + " up");
    }
    namespace.ip("addr add 10.1.0.1/24 dev eth0");
  }

  @AfterEach
  void removeNamespace() {
    System.clearProperty(Attacher.FORCE_CLSACT_PROPERTY);
    namespace.close();
  }

  static DataPlaneSettings settings(Hook hook, String... interfaces) {
    return new DataPlaneSettings(
        List.of(interfaces),
        hook,
        10_000,
        100,
        16,
        16,
        65_536,
        Duration.ofSeconds(300),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        true);
  }

  Datapath open(Hook hook, String... interfaces) throws Exception {
    return namespace.enter(
        () -> {
          Datapath datapath = Datapath.open(settings(hook, interfaces), NetworkLink::list);
          datapath.start(addresses::set, () -> {});
          return datapath;
        });
  }

  void close(Datapath datapath) throws Exception {
    namespace.enter(
        () -> {
          datapath.close();
          return null;
        });
  }

  /** What the kernel shows of programs and qdiscs. */
  String attached() throws Exception {
    String tcx =
        namespace.enter(
            () ->
                NetworkLink.list().stream()
                    .flatMap(
                        link ->
                            Arrays.stream(TcDirection.values())
                                .map(side -> link.name() + TcxQuery.programs(link, side)))
                    .collect(Collectors.joining("\n")));
    return tcx
        + namespace.exec("bpftool net show")
        + namespace.ip("-d link show")
        + namespace.exec("tc qdisc show");
  }

  static ByteBuffer device(Datapath datapath, int ifindex) {
    ByteBuffer slot = intBuffer(0);
    assertThat(datapath.map("device_slots").lookup(intBuffer(ifindex), slot)).isTrue();
    ByteBuffer device = ByteBuffer.allocate(DeviceTable.BYTES).order(ByteOrder.nativeOrder());
    assertThat(slot.getInt(0)).isPositive();
    assertThat(datapath.map("devices").lookup(slot, device)).isTrue();
    return device;
  }

  static ByteBuffer intBuffer(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, value);
  }

  NetworkLink link(String name) throws Exception {
    return namespace.enter(
        () ->
            NetworkLink.list().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow());
  }

  interface Change {
    void make();
  }

  /** The generation of eth0 must move on. */
  void expectNewGeneration(Datapath datapath, Change change) throws Exception {
    int ifindex = link("eth0").ifindex();
    int before = device(datapath, ifindex).getInt(DeviceTable.GENERATION);
    change.make();
    await(() -> device(datapath, ifindex).getInt(DeviceTable.GENERATION) > before);
    TimeUnit.MILLISECONDS.sleep(50);
  }

  static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited %s", DEADLINE).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
