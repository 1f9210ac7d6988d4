package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The table {@code [admin]} as it is written. */
record AdminTable(
    @Doc("TCP endpoint for metrics and the admin API; without it there is none")
        Optional<String> listen,
    @Doc("path of the unix socket, which is always there") @Default("/run/ebpf-lb/lb.sock")
        String socket,
    @Doc(
            "file that keeps drains, weights and forced health over a restart; by default beside"
                + " the socket, with /run replaced by /var/lib")
        Optional<String> state,
    @Doc("who may do what over TCP: a list of tables, or [[admin.token]]") List<TokenTable> token,
    @Doc("the certificate chain of the TCP endpoint, as PEM") Optional<String> tlsCertificate,
    @Doc("its private key, as PEM") Optional<String> tlsKey,
    @Doc("file that gets a JSON line for each change that was asked for; by default the log does")
        Optional<String> auditLog) {
  /** The kernel's sun_path has 108 bytes, one of them for the end. */
  private static final int SOCKET_BYTES_MAX = 107;

  void checkSocket() throws Refusal {
    checkFile(socket);
    if (socket.getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES_MAX) {
      throw new Refusal("the path is too long", "at most " + SOCKET_BYTES_MAX + " bytes");
    }
  }

  static void checkFile(Optional<String> path) throws Refusal {
    if (path.isPresent()) {
      checkFile(path.get());
    }
  }

  static void checkFile(String path) throws Refusal {
    if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
      throw new Refusal("not the path of a file", "expected: an absolute path");
    }
  }

  void checkCertificate() throws Refusal {
    checkFile(tlsCertificate);
    if (tlsCertificate.isPresent() && tlsKey.isEmpty()) {
      throw new Refusal(
          "a certificate without its key", "expected: tls-key = \"/etc/…\" beside it");
    }
  }

  void checkKey() throws Refusal {
    checkFile(tlsKey);
    if (tlsKey.isPresent() && tlsCertificate.isEmpty()) {
      throw new Refusal(
          "a key without its certificate", "expected: tls-certificate = \"/etc/…\" beside it");
    }
  }

  /** What others can reach asks everybody for a token, which nobody else must read. */
  void checkGuarded(Optional<InetSocketAddress> endpoint) throws Refusal {
    boolean isOpen = endpoint.isPresent() && !endpoint.get().getAddress().isLoopbackAddress();
    if (isOpen && (token.isEmpty() || tlsCertificate.isEmpty() || tlsKey.isEmpty())) {
      throw new Refusal(
          "an address that others can reach needs a token and TLS",
          "expected: [[admin.token]], tls-certificate and tls-key; or \"127.0.0.1:"
              + endpoint.get().getPort()
              + "\"");
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
    try {
      return Optional.of(AddressText.endpoint(listen.get()));
    } catch (Refusal e) {
      throw new Refusal(e.getMessage(), "expected: \"127.0.0.1:9180\"");
    }
  }
}
