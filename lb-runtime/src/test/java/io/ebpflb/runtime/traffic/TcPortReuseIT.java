package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;

class TcPortReuseIT extends PortReuseContract {
  TcPortReuseIT() {
    super("tc", Topology.Offloads.DEFAULT);
  }
}
