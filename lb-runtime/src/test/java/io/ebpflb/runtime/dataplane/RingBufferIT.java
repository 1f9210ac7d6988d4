package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.config.Configuration.Hook;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RingBufferIT {
  private static final int FLOWS_MAX = 4_096;

  private static final DataPlaneSettings SETTINGS =
      new DataPlaneSettings(
          List.of("lo"),
          Hook.XDP_GENERIC,
          FLOWS_MAX,
          16,
          16,
          16,
          4096,
          Duration.ofSeconds(300),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          false);

  private static final Endpoint SERVICE = new Endpoint(Plans.ip("192.0.2.10"), 80);
  private static final Endpoint BACKEND = Plans.endpoint("10.0.0.1");

  private final TestNamespace namespace = new TestNamespace();
  private final BlockingQueue<FlowEvent> events = new LinkedBlockingQueue<>();

  @AfterEach
  void removeNamespace() {
    namespace.close();
  }

  private static void connect(BpfDataPlane dataPlane, Endpoint client) {
    BpfProgram ingress = dataPlane.program("lb_xdp");
    BpfProgram egress = dataPlane.program("lb_tc_egress");
    ingress.run(TestPacket.tcp(client, SERVICE, TestPacket.SYN, 1, 0), 1);
    egress.run(TestPacket.tcp(BACKEND, client, TestPacket.SYN | TestPacket.ACK, 100, 2), 1);
    ingress.run(TestPacket.tcp(client, SERVICE, TestPacket.ACK, 2, 101), 1);
  }

  @Test
  void carriesEachStartOfAFlowOnce() throws Exception {
    try (BpfDataPlane dataPlane = namespace.enter(() -> BpfDataPlane.open(SETTINGS))) {
      dataPlane.apply(
          Plans.plan(Plans.tcp("web", "192.0.2.10", Plans.group(Plans.backend("10.0.0.1", 1)))));
      try (MappedMemory settings = dataPlane.map(".data.settings").mapped()) {
        settings.putInt(SettingsLayout.EVENTS, 1);
      }
      List<Endpoint> clients = new ArrayList<>();
      RingBuffer ring =
          RingBuffer.open(
              dataPlane.map("events"),
              "test-events",
              record -> events.add(FlowEvent.decode(record)));
      try {
        for (int i = 0; i < 500; i++) {
          Endpoint client = new Endpoint(Plans.ip("198.51.100.7"), 10_000 + i);
          clients.add(client);
          connect(dataPlane, client);
        }
        List<Endpoint> seen = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
          FlowEvent event = events.poll(10, TimeUnit.SECONDS);
          assertThat(event).as("event %d", i).isNotNull();
          assertThat(event.type()).isEqualTo(FlowEvent.Type.FLOW_START);
          assertThat(event.protocol()).isEqualTo(Protocol.TCP);
          assertThat(event.service()).isEqualTo(SERVICE);
          seen.add(event.client());
        }
        assertThat(seen).isEqualTo(clients);
      } finally {
        ring.close();
      }
      assertThat(events).isEmpty();
      assertThat(dataPlane.flowTableEvents()).containsEntry("promoted", 500L);
      assertThat(dataPlane.mapUsage()).contains(new DataPlane.MapUsage("flows", 500, FLOWS_MAX));
    }
  }
}
