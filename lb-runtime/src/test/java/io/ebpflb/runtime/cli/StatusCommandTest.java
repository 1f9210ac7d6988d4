package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.admin.AdminFixture;
import io.ebpflb.runtime.admin.SampleBalancer;
import io.ebpflb.runtime.admin.SampleReload;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {

  private final AdminFixture admin = new AdminFixture();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  @AfterEach
  void close() {
    admin.close();
  }

  private int run(String... arguments) {
    return CommandLineTool.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = StatusCommandTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private JsonObject status() {
    assertThat(run("status", "--socket", admin.socket.toString(), "-o", "json")).isZero();
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  @Test
  void theTableShowsServicesBackendsAndDrops() throws IOException {
    JsonObject status = status();
    status.addProperty("uptime_seconds", 3600);
    Clock clock = Clock.fixed(SampleBalancer.NOW, ZoneOffset.UTC);
    String table = new StatusTable(Ink.PLAIN, clock).render(status);
    assertThat(table).isEqualTo(resource("status.txt"));
    assertThat(table.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void colorsAreForATerminalAlone() {
    JsonObject status = status();
    assertThat(new StatusTable(Ink.COLOR, Clock.systemUTC()).render(status))
        .contains("\033[32mup       \033[0m", "\033[31mdown     \033[0m");
    assertThat(new StatusTable(Ink.PLAIN, Clock.systemUTC()).render(status)).doesNotContain("\033");
  }

  @Test
  void whatOthersSayCannotMoveTheCursor() {
    admin.balancer.problem = Optional.of("bad \033[2J thing");
    assertThat(new StatusTable(Ink.PLAIN, Clock.systemUTC()).render(status()))
        .contains("bad ?[2J thing");
  }

  @Test
  void aConfigThatIsNotInForceIsSaid() {
    admin.reload.file = SampleReload.WRONG;
    admin.reload.reload("file");
    assertThat(new StatusTable(Ink.PLAIN, Clock.systemUTC()).render(status()))
        .contains("! the last change of the config was refused (by file)");
  }

  @Test
  void theCommandPrintsTheTable() {
    assertThat(run("status", "--socket", admin.socket.toString())).isZero();
    assertThat(out.toString()).startsWith("ebpf-lb 1.2.3, up ").contains("10.0.0.1:8080");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noBalancerIsSaidWithARemedy() {
    Path nowhere = directory.resolve("lb.sock");
    assertThat(run("status", "--socket", nowhere.toString())).isEqualTo(3);
    assertThat(err.toString())
        .isEqualTo(
            "lb: no balancer listens on "
                + nowhere
                + "; start one with: lb run -c FILE, or name its socket with --socket\n");
  }

  @Test
  void aSocketLeftBehindIsNoBalancer() throws IOException {
    Path socket = directory.resolve("lb.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(run("status", "--socket", socket.toString())).isEqualTo(3);
    assertThat(err.toString()).startsWith("lb: no balancer listens on ");
  }

  @Test
  void aFailingBalancerIsQuoted() {
    admin.balancer.failure = new IllegalStateException("closed");
    assertThat(run("status", "--socket", admin.socket.toString())).isEqualTo(3);
    assertThat(err.toString()).endsWith("answered 500: the balancer's log says what went wrong\n");
  }

  @Test
  void anotherProgramIsNoBalancer() throws Exception {
    Path socket = directory.resolve("other.sock");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      Thread server = new Thread(() -> greet(other));
      server.start();
      assertThat(run("status", "--socket", socket.toString())).isEqualTo(3);
      server.join();
    }
    assertThat(err.toString()).contains("did not answer like a balancer");
  }

  private static void greet(ServerSocketChannel listener) {
    try (SocketChannel client = listener.accept()) {
      client.read(ByteBuffer.allocate(1 << 12));
      client.write(ByteBuffer.wrap("220 ready\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void anUnknownFormatIsAUsageError() {
    assertThat(run("status", "-o", "xml")).isEqualTo(2);
  }
}
