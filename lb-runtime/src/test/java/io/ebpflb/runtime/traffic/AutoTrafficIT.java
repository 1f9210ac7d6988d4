package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is chosen on virtual links, between hosts that compute their own checksums. */
class AutoTrafficIT extends TrafficContract {
  AutoTrafficIT() {
    super("auto", Offloads.NONE, Map.of());
  }

  @Test
  void choosesTcAndSaysSo() throws Exception {
    assertThat(balancer().log()).contains("forwarding by tc");
  }
}
