package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The table {@code [admin]} as it is written. */
record AdminTable(
    @Doc("TCP endpoint for metrics and the admin API, on loopback") Optional<String> listen,
    @Doc("path of the unix socket, which is always there") @Default("/run/ebpf-lb/lb.sock")
        String socket) {
  /** The kernel's sun_path has 108 bytes, one of them for the end. */
  private static final int SOCKET_BYTES_MAX = 107;

  void checkSocket() throws Refusal {
    if (!socket.startsWith("/") || socket.endsWith("/") || socket.indexOf('\0') >= 0) {
      throw new Refusal("not the path of a file", "expected: an absolute path");
    }
    if (socket.getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES_MAX) {
      throw new Refusal("the path is too long", "at most " + SOCKET_BYTES_MAX + " bytes");
    }
  }

  Optional<InetSocketAddress> endpoint() throws Refusal {
    if (listen.isEmpty()) {
      return Optional.empty();
    }
    InetSocketAddress endpoint;
    try {
      endpoint = AddressText.endpoint(listen.get());
    } catch (Refusal e) {
      throw new Refusal(e.getMessage(), "expected: \"127.0.0.1:9180\"");
    }
    if (!endpoint.getAddress().isLoopbackAddress()) {
      throw new Refusal(
          "only loopback is accepted: the endpoint has neither a token nor TLS yet",
          "expected: \"127.0.0.1:" + endpoint.getPort() + "\"");
    }
    return Optional.of(endpoint);
  }
}
