package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;

/** What keeps a backend's id, counters and flows the same from plan to plan. */
record BackendIdentity(String service, Protocol protocol, Plan.Endpoint endpoint) {
  DataPlane.BackendKey key() {
    return new DataPlane.BackendKey(service, endpoint);
  }
}
