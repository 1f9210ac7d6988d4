package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.util.Locale;

/** What clients connect to: a key of the map {@code services}. */
record ServiceKey(InetAddress address, int port, Protocol protocol) {

  // Written out: what a record generates is slow until compiled, and a plan has thousands.
  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof ServiceKey that
            && port == that.port
            && protocol == that.protocol
            && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return (address.hashCode() * 31 + port) * 31 + protocol.ordinal();
  }

  @Override
  public String toString() {
    return Endpoints.format(address, port) + "/" + protocol.name().toLowerCase(Locale.ROOT);
  }
}
