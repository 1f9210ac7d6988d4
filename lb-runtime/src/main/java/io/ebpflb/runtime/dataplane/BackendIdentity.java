package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;

/** What keeps a backend's id, counters and flows the same from plan to plan. */
final class BackendIdentity {
  private final String service;
  private final Protocol protocol;
  private final Plan.Endpoint endpoint;

  /** Kept: a plan looks thousands of these up, several times. */
  private final int hash;

  BackendIdentity(String service, Protocol protocol, Plan.Endpoint endpoint) {
    this.service = service;
    this.protocol = protocol;
    this.endpoint = endpoint;
    hash = (service.hashCode() * 31 + protocol.ordinal()) * 31 + endpoint.hashCode();
  }

  Protocol protocol() {
    return protocol;
  }

  Plan.Endpoint endpoint() {
    return endpoint;
  }

  DataPlane.BackendKey key() {
    return new DataPlane.BackendKey(service, endpoint);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof BackendIdentity that
            && hash == that.hash
            && protocol == that.protocol
            && service.equals(that.service)
            && endpoint.equals(that.endpoint);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return service + "/" + endpoint;
  }
}
