package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.util.Optional;

class MemoryDataPlaneTest extends DataPlaneContract {
  private MemoryDataPlane dataPlane;

  @Override
  DataPlane open(MapLimits limits) {
    dataPlane = new MemoryDataPlane(limits);
    return dataPlane;
  }

  @Override
  Optional<Endpoint> select(String service, String client, int clientPort) {
    return dataPlane.select(Plans.ip(service), 80, Protocol.TCP, Plans.ip(client), clientPort);
  }
}
