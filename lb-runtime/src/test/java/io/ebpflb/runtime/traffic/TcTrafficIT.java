package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.Map;

/** TC on links as the kernel makes them: 64 KB packets and unfinished checksums. */
class TcTrafficIT extends TrafficContract {
  TcTrafficIT() {
    super("tc", Offloads.DEFAULT, Map.of());
  }
}
