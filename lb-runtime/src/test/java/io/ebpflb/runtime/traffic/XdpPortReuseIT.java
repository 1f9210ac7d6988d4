package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;

class XdpPortReuseIT extends PortReuseContract {
  XdpPortReuseIT() {
    super("xdp", Topology.Offloads.NONE);
  }
}
