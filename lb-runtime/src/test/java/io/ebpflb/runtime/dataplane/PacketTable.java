package io.ebpflb.runtime.dataplane;

import java.util.List;
import java.util.stream.Stream;

/** What the data plane does with each kind of packet. Every row runs at both ingress hooks. */
final class PacketTable {
  private PacketTable() {}

  static List<PacketRow> rows() {
    return Stream.of(
            ForwardingRows.rows(),
            ShapeRows.rows(),
            IcmpRows.rows(),
            TagRows.rows(),
            FragmentRows.rows(),
            ChecksumRows.rows(),
            FlowRows.rows(),
            KillRows.rows())
        .flatMap(List::stream)
        .toList();
  }
}
