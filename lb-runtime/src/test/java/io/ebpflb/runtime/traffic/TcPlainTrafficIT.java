package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.Map;

/** TC between hosts that compute their own checksums. */
class TcPlainTrafficIT extends TrafficContract {
  TcPlainTrafficIT() {
    super("tc", Offloads.NONE, Map.of());
  }
}
