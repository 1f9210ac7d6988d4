package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;

class TcNetworkChangeIT extends NetworkChangeContract {
  TcNetworkChangeIT() {
    super("tc", Topology.Offloads.DEFAULT);
  }
}
