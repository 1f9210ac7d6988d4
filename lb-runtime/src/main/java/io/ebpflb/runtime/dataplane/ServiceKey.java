package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.util.Locale;

/** What clients connect to: a key of the map {@code services}. */
record ServiceKey(InetAddress address, int port, Protocol protocol) {
  @Override
  public String toString() {
    return Endpoints.format(address, port) + "/" + protocol.name().toLowerCase(Locale.ROOT);
  }
}
