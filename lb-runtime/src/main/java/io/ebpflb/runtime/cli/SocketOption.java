package io.ebpflb.runtime.cli;

import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which running balancer a command asks. */
final class SocketOption {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The balancer's unix socket (default: ${DEFAULT-VALUE}).",
      defaultValue = "${env:LB_SOCKET:-/run/ebpf-lb/lb.sock}")
  private Path socket;

  AdminClient client() {
    return new AdminClient(new UnixTransport(socket, TIMEOUT));
  }
}
