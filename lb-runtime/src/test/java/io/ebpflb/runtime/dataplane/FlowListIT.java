package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.FlowList.State;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flows that real packets made, listed and removed in the kernel's table. */
@Tag("side-by-side")
class FlowListIT {
  private static final int FIRST_PORT = 20_000;
  private static final int ESTABLISHED = 5;

  private PacketLab lab;
  private BpfDataPlane dataPlane;

  @BeforeEach
  void open() throws Exception {
    lab = PacketLab.create("flows");
    dataPlane = lab.within(() -> PacketTableDataPlane.open(Scene.Hook.XDP));
  }

  @AfterEach
  void close() throws Exception {
    dataPlane.close();
    lab.close();
  }

  private Scene scene(Scene.Family family, int protocol, int port) {
    return new Scene(lab, dataPlane, Scene.Hook.XDP, family, protocol, port);
  }

  @ParameterizedTest
  @CsvSource({"IPV4,6", "IPV4,17", "IPV6,6", "IPV6,17"})
  void flowsAreListedAndRemovedByWhatTheyAre(Scene.Family family, int protocol) {
    Protocol named = protocol == Packet.TCP ? Protocol.TCP : Protocol.UDP;
    for (int i = 0; i < ESTABLISHED; i++) {
      scene(family, protocol, FIRST_PORT + i).establish(Scene.WEB);
    }
    Scene opening = scene(family, protocol, FIRST_PORT + ESTABLISHED);
    opening.fromClient(opening.open(Scene.SAME_BACKEND));
    Plan.Endpoint backend = new Plan.Endpoint(opening.backend(), Scene.BACKEND_PORT);
    BackendKey web =
        new BackendKey(PacketTablePlan.name(family, protocol == Packet.TCP, Scene.WEB), backend);

    FlowList all = dataPlane.flows(FlowQuery.ALL, Integer.MAX_VALUE);
    assertThat(all.matching()).isEqualTo(ESTABLISHED + 1);
    assertThat(all.flows())
        .hasSize(ESTABLISHED + 1)
        .allSatisfy(
            flow -> {
              assertThat(flow.protocol()).isEqualTo(named);
              assertThat(flow.client().address()).isEqualTo(opening.client());
              assertThat(flow.listener().address()).isEqualTo(family.service());
              assertThat(flow.backend().endpoint()).isEqualTo(backend);
              assertThat(flow.idle().toSeconds()).isBetween(0L, 60L);
            });
    assertThat(all.flows())
        .filteredOn(flow -> flow.state() == State.ESTABLISHED)
        .extracting(flow -> flow.client().port())
        .containsExactlyInAnyOrder(20_000, 20_001, 20_002, 20_003, 20_004);
    assertThat(all.flows())
        .filteredOn(flow -> flow.state() == State.OPENING)
        .singleElement()
        .returns(Scene.SAME_BACKEND, flow -> flow.listener().port());

    FlowList some = dataPlane.flows(FlowQuery.ofBackend(web), 2);
    assertThat(some.matching()).isEqualTo(ESTABLISHED);
    assertThat(some.flows()).hasSize(2);

    assertThat(dataPlane.removeFlows(port(FIRST_PORT))).isEqualTo(1);
    assertThat(dataPlane.flows(port(FIRST_PORT), 1).matching()).isZero();
    assertThat(dataPlane.removeFlows(prefix(opening.stranger()))).isZero();
    assertThat(dataPlane.removeFlows(FlowQuery.ofBackend(web))).isEqualTo(ESTABLISHED - 1);
    assertThat(dataPlane.removeFlows(prefix(opening.client()))).isEqualTo(1);
    assertThat(dataPlane.flows(FlowQuery.ALL, 1)).isEqualTo(new FlowList(List.of(), 0));
    assertThat(dataPlane.backendCounters().get(web).active()).isZero();
    assertThat(dataPlane.mapUsage())
        .filteredOn(usage -> usage.map().equals("flows"))
        .singleElement()
        .returns(0L, DataPlane.MapUsage::entries);
  }

  private static FlowQuery port(int port) {
    return new FlowQuery(Optional.empty(), Optional.empty(), OptionalInt.of(port));
  }

  /** The three quarters of the address that the clients of the table share. */
  private static FlowQuery prefix(InetAddress client) {
    byte[] raw = client.getAddress();
    int kept = raw.length * 3 / 4;
    Arrays.fill(raw, kept, raw.length, (byte) 0);
    try {
      return new FlowQuery(
          Optional.empty(),
          Optional.of(new Plan.Prefix(InetAddress.getByAddress(raw), kept * Byte.SIZE)),
          OptionalInt.empty());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
