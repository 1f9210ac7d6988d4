package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.MetricsSettings;
import io.ebpflb.runtime.metrics.CheckLatencies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {

  @TempDir private Path directory;

  private static AdminServer start(Path socket) {
    return start(socket, Optional.empty());
  }

  private static AdminServer start(Path socket, Optional<InetSocketAddress> listen) {
    return open(socket, listen).listen();
  }

  private static AdminServer open(Path socket, Optional<InetSocketAddress> listen) {
    return AdminServer.open(
        AdminSettings.of(listen, socket, socket.resolveSibling("state.json")),
        new MetricsSettings("/metrics"),
        new Controls(
            new SampleBalancer(),
            new CheckLatencies(),
            new SampleOperations(new SampleBalancer()),
            new SampleReload(),
            new SamplePlugins()));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void theSocketIsForItsOwnerAndGroup() throws IOException {
    Path socket = directory.resolve("a/b/lb.sock");
    try (AdminServer server = start(socket)) {
      assertThat(mode(socket)).isEqualTo("rw-rw----");
      assertThat(mode(socket.getParent())).isEqualTo("rwxr-xr-x");
      assertThat(Files.list(socket.getParent())).containsExactly(socket);
      assertThat(server.tcpAddress()).isEmpty();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aSocketThatNobodyListensOnIsReplaced() throws IOException {
    Path socket = directory.resolve("lb.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (AdminServer server = start(socket);
        RawClient client = RawClient.unix(socket)) {
      client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(server.tcpAddress()).isEmpty();
    }
  }

  @Test
  void aLivingBalancerKeepsItsSocket() throws IOException {
    Path socket = directory.resolve("lb.sock");
    try (AdminServer first = start(socket)) {
      assertThatThrownBy(() -> start(socket))
          .isInstanceOf(AdminException.class)
          .hasMessage(
              "open the admin socket "
                  + socket
                  + ": another process listens on it; stop that balancer or choose another for"
                  + " [admin] socket");
      try (RawClient client = RawClient.unix(socket)) {
        client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(200);
      }
      assertThat(first.tcpAddress()).isEmpty();
    }
  }

  @Test
  void nobodyConnectsBeforeItListensAndTheFirstToListenKeepsTheSocket() throws IOException {
    Path socket = directory.resolve("lb.sock");
    try (AdminServer first = open(socket, Optional.empty());
        AdminServer second = open(socket, Optional.empty())) {
      assertThat(socket).doesNotExist();
      first.listen();
      assertThatThrownBy(second::listen)
          .isInstanceOf(AdminException.class)
          .hasMessageContaining("another process listens on it");
      assertThat(Files.list(directory)).containsExactly(socket);
      try (RawClient client = RawClient.unix(socket)) {
        client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(200);
      }
    }
    assertThat(Files.list(directory)).isEmpty();
  }

  @Test
  void somethingThatIsNoSocketIsLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("lb.sock"), "precious");
    assertThatThrownBy(() -> start(file))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("there is something that is no socket; remove it");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsSaid() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> start(file.resolve("lb.sock")))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("cannot make its directory");
  }

  @Test
  void aPathThatIsTooLongIsSaid() {
    Path socket = directory.resolve("a".repeat(110));
    assertThatThrownBy(() -> start(socket))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("longer than the 107 bytes");
  }

  @Test
  void aSocketOfASuccessorIsLeftAlone() throws IOException {
    Path socket = directory.resolve("lb.sock");
    AdminServer first = start(socket);
    Files.delete(socket);
    try (AdminServer second = start(socket)) {
      first.close();
      assertThat(socket).exists();
      assertThat(second.tcpAddress()).isEmpty();
    }
  }

  @Test
  void aTakenPortIsSaidAndLeavesNothingBehind() throws IOException {
    Path socket = directory.resolve("lb.sock");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
      assertThatThrownBy(() -> start(socket, Optional.of(address)))
          .isInstanceOf(AdminException.class)
          .hasMessage(
              "open the admin endpoint 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": Address already in use; stop what listens there or choose another port for"
                  + " [admin] listen");
    }
    assertThat(Files.list(directory)).isEmpty();
  }

  @Test
  void onlyLoopbackIsServedUnguarded() {
    InetSocketAddress any = new InetSocketAddress("0.0.0.0", 0);
    assertThatThrownBy(() -> start(directory.resolve("lb.sock"), Optional.of(any)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without token and TLS");
  }
}
