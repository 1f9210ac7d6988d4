package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.Map;

/** Native XDP, between hosts that compute their own checksums. */
class XdpTrafficIT extends TrafficContract {
  XdpTrafficIT() {
    super("xdp", Offloads.NONE, Map.of());
  }
}
