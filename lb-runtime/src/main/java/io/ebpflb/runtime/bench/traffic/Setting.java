package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.demo.Topology;

/** Who segments and computes checksums. */
enum Setting {
  /** Nobody: virtual links carry packets of 64 KB, as they do between containers of one machine. */
  DEFAULT("default", Topology.Offloads.DEFAULT),

  /** Hosts do, and every packet is as it would be on a cable. */
  WIRE("wire", Topology.Offloads.NONE);

  final String label;
  final Topology.Offloads offloads;

  Setting(String label, Topology.Offloads offloads) {
    this.label = label;
    this.offloads = offloads;
  }
}
