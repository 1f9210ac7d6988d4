package io.ebpflb.runtime.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Its TCP endpoint instead, https://lb.example.com:9180 (or LB_URL).",
      defaultValue = "${env:LB_URL}")
  private URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The file that holds the token to show there (or LB_TOKEN, the token itself).")
  private Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Who may have signed its certificate, as PEM (or LB_CA).",
      defaultValue = "${env:LB_CA}")
  private Path authorities;

  AdminClient client() {
    return new AdminClient(
        url == null
            ? new UnixTransport(socket, TIMEOUT)
            : new HttpTransport(url, token(), Optional.ofNullable(authorities), TIMEOUT));
  }

  private Optional<String> token() {
    try {
      return tokenFile == null
          ? Optional.ofNullable(System.getenv("LB_TOKEN"))
          : Optional.of(Files.readString(tokenFile).strip());
    } catch (IOException unreadable) {
      throw new EnvironmentException("read the token from " + tokenFile + ": " + unreadable);
    }
  }
}
