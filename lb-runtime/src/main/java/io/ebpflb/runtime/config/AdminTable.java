package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The table {@code [admin]} as it is written. */
record AdminTable(
    @Doc("TCP endpoint for metrics and the admin API, on loopback") Optional<String> listen,
    @Doc("path of the unix socket, which is always there") @Default("/run/ebpf-lb/lb.sock")
        String socket,
    @Doc(
            "file that keeps drains, weights and forced health over a restart; by default beside"
                + " the socket, with /run replaced by /var/lib")
        Optional<String> state) {
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

  void checkState() throws Refusal {
    if (state.isPresent()
        && (!state.get().startsWith("/")
            || state.get().endsWith("/")
            || state.get().indexOf('\0') >= 0)) {
      throw new Refusal("not the path of a file", "expected: an absolute path");
    }
  }

  /** What is below /run is gone after a reboot, so by default the file lies where state does. */
  Path stateFile() {
    String beside = socket.replaceFirst("^(/var)?/run/", "/var/lib/").replaceFirst("\\.sock$", "");
    return Path.of(state.orElse(beside + ".state.json"));
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
