package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.config.Configuration.Hook;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract, with the program in the kernel choosing the backends of test packets. */
@Tag("side-by-side")
class BpfDataPlaneIT extends DataPlaneContract {
  private static final int SERVICE_PORT = 80;
  private static final int XDP_PASS = 2;
  private static final int FLOWS_MAX = 64;

  private final TestNamespace namespace = new TestNamespace();
  private BpfDataPlane dataPlane;

  @AfterEach
  void removeNamespace() {
    if (dataPlane != null) {
      dataPlane.close();
    }
    namespace.close();
  }

  @Override
  BpfDataPlane open(MapLimits limits) throws Exception {
    DataPlaneSettings settings =
        new DataPlaneSettings(
            List.of("lo"),
            Hook.XDP_GENERIC,
            FLOWS_MAX,
            limits.backends(),
            limits.services(),
            limits.routes(),
            limits.slots(),
            Duration.ofSeconds(300),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            false);
    dataPlane = namespace.enter(() -> BpfDataPlane.open(settings));
    return dataPlane;
  }

  @Override
  Optional<Endpoint> select(String service, String client, int clientPort) {
    Optional<Endpoint> chosen = open(service, client, clientPort);
    forgetFlows();
    return chosen;
  }

  /** Where a SYN goes. */
  private Optional<Endpoint> open(String service, String client, int clientPort) {
    Endpoint destination = new Endpoint(Plans.ip(service), SERVICE_PORT);
    byte[] syn = TestPacket.syn(new Endpoint(Plans.ip(client), clientPort), destination);
    BpfProgram.Run run = dataPlane.program("lb_xdp").run(syn, 1);
    if (run.verdict() != XDP_PASS) {
      return Optional.empty();
    }
    Endpoint chosen = TestPacket.destination(run.packet());
    return chosen.equals(destination) ? Optional.empty() : Optional.of(chosen);
  }

  /** A flow keeps its backend; the contract asks for that of a new one. */
  private void forgetFlows() {
    try (MappedMemory flows = dataPlane.map("flows").mapped()) {
      flows.buffer().put(new byte[(int) flows.size()]);
    }
  }

  @Test
  void aSynThatComesAgainGoesToItsBackendWhateverBecameOfTheService() throws Exception {
    open(MapLimits.of(16, 16, 16, 65_536));
    dataPlane.apply(Plans.plan(Plans.tcp("web", WEB, Plans.group(Plans.backend("10.0.0.1", 1)))));
    String client = "198.51.100.7";
    assertThat(open(WEB, client, 4000)).contains(Plans.endpoint("10.0.0.1"));

    dataPlane.apply(Plans.plan(Plans.tcp("web", WEB, Plans.group())));
    assertThat(open(WEB, client, 4000)).contains(Plans.endpoint("10.0.0.1"));
    assertThat(dataPlane.drops().get("no_backend")).isZero();
    assertThat(open(WEB, client, 4001)).isEmpty();
    assertThat(dataPlane.drops().get("no_backend")).isEqualTo(1);

    dataPlane.apply(Plans.plan(Plans.tcp("web", WEB, Plans.group(Plans.backend("10.0.0.2", 1)))));
    assertThat(open(WEB, client, 4000)).contains(Plans.endpoint("10.0.0.1"));
    assertThat(open(WEB, client, 4001)).contains(Plans.endpoint("10.0.0.2"));
  }

  @Test
  void wildcardsFollowTheAddressesOfTheInterfaces() throws Exception {
    namespace.ip("addr add 192.0.2.10/32 dev lo");
    open(MapLimits.of(16, 16, 16, 65_536));
    dataPlane.apply(Plans.plan(Plans.wildcard("web", Plans.group(Plans.backend("10.0.0.1", 1)))));
    assertThat(select(WEB, "198.51.100.7", 4000)).contains(Plans.endpoint("10.0.0.1"));
    assertThat(select("192.0.2.11", "198.51.100.7", 4001)).isEmpty();

    namespace.ip("addr add 192.0.2.11/32 dev lo");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (select("192.0.2.11", "198.51.100.7", 4002).isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void countsConnectionsOfEachBackend() throws Exception {
    open(MapLimits.of(16, 16, 16, 65_536));
    dataPlane.apply(Plans.plan(Plans.tcp("web", WEB, Plans.group(Plans.backend("10.0.0.1", 1)))));
    for (int i = 0; i < 10; i++) {
      select(WEB, "198.51.100.7", 4000 + i);
    }
    DataPlane.BackendCounters counters =
        dataPlane
            .backendCounters()
            .get(new DataPlane.BackendKey("web", Plans.endpoint("10.0.0.1")));
    assertThat(counters.opened()).isEqualTo(10);
    assertThat(counters.active()).isEqualTo(10);
    assertThat(counters.packetsIn()).isEqualTo(10);
    assertThat(counters.bytesIn()).isEqualTo(400);
    assertThat(dataPlane.flowTableEvents()).containsEntry("opened", 10L);
  }

  @Test
  void throwsInsteadOfUsingWhatIsGone() throws Exception {
    open(MapLimits.of(16, 16, 16, 65_536));
    dataPlane.close();
    assertThatThrownBy(dataPlane::backendCounters).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> dataPlane.apply(Plan.EMPTY)).isInstanceOf(IllegalStateException.class);
  }
}
