package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;

class XdpNetworkChangeIT extends NetworkChangeContract {
  XdpNetworkChangeIT() {
    super("xdp", Topology.Offloads.NONE);
  }
}
