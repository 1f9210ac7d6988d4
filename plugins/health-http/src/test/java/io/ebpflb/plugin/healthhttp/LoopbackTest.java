package io.ebpflb.plugin.healthhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.ebpflb.api.Backend;
import io.ebpflb.runtime.net.EventLoops;
import io.ebpflb.runtime.net.NettyNetwork;
import io.ebpflb.runtime.net.TlsHandlers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks over real connections, plain and TLS, through the runtime's network. */
class LoopbackTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir static Path folder;
  private static TestCertificate valid;
  private static TestCertificate expired;
  private static TestCertificate unknown;

  private EventLoops loops;
  private ExecutorService pluginThread;
  private NettyNetwork network;
  private AutoCloseable server;

  @BeforeAll
  static void makeCertificates() throws Exception {
    valid = TestCertificate.make(folder, "dns:health.test,ip:127.0.0.1", "-1H");
    expired = TestCertificate.make(folder, "dns:health.test", "-3d");
    unknown = TestCertificate.make(folder, "dns:health.test", "-1H");
  }

  @AfterAll
  static void forgetCertificates() {
    valid = null;
    expired = null;
    unknown = null;
  }

  @BeforeEach
  void open() throws Exception {
    loops = new EventLoops(1);
    pluginThread = Executors.newSingleThreadExecutor();
    network =
        new NettyNetwork(loops, TlsHandlers.withTrust(valid.trust(expired)), pluginThread, 16);
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.close();
    }
    network.close();
    pluginThread.shutdown();
    loops.close();
  }

  private int http(HttpServer started, int code, String body) {
    started.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(code, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    started.start();
    server = () -> started.stop(0);
    return started.getAddress().getPort();
  }

  private int https(TestCertificate certificate) throws Exception {
    HttpsServer started = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 10);
    started.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    return http(started, 200, "fine");
  }

  /** What a raw peer does with one accepted connection. */
  private interface Conversation {
    void hold(Socket client) throws IOException;
  }

  private int raw(Conversation conversation) throws IOException {
    ServerSocket socket = new ServerSocket(0, 10, LOOPBACK);
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = socket.accept()) {
                conversation.hold(client);
              } catch (IOException e) {
                // The check has seen enough, or the test is over.
              }
            });
    thread.setDaemon(true);
    thread.start();
    server = socket;
    return socket.getLocalPort();
  }

  private static void silence(Socket client) throws IOException {
    while (client.getInputStream().read() >= 0) {
      // Until the check gives up.
    }
  }

  private String check(
      int port, Duration timeout, String expectedBody, Optional<HttpsSettings> tls) {
    HttpSettings settings =
        new HttpSettings(
            "GET",
            "/",
            Optional.empty(),
            "200-399",
            Optional.ofNullable(expectedBody),
            65536,
            Optional.empty());
    HttpChecker checker = new HttpChecker(network, settings, tls.map(HttpsSettings::tls));
    try {
      return checker.check(Backend.of("web", LOOPBACK, port), timeout).join().toString();
    } catch (CompletionException e) {
      assertThat(e.getCause()).isInstanceOf(IOException.class);
      return "failed: " + e.getCause().getMessage();
    }
  }

  private String checkHttp(int port, String expectedBody) {
    return check(port, TIMEOUT, expectedBody, Optional.empty());
  }

  private String checkHttps(int port, String serverName, boolean verify) {
    return check(
        port,
        TIMEOUT,
        "fine",
        Optional.of(
            new HttpsSettings(
                "GET",
                "/",
                Optional.empty(),
                "200",
                Optional.empty(),
                65536,
                Optional.empty(),
                Optional.ofNullable(serverName),
                verify)));
  }

  private static HttpServer plain() throws IOException {
    return HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 10);
  }

  @Test
  void passesAGoodServer() throws Exception {
    assertThat(checkHttp(http(plain(), 200, "all is fine"), "fine")).isEqualTo("passed: HTTP 200");
  }

  @Test
  void failsAFailingServer() throws Exception {
    assertThat(checkHttp(http(plain(), 503, "overloaded"), null))
        .isEqualTo("failed: HTTP 503, expected 200-399");
  }

  @Test
  void missesTheExpectedBody() throws Exception {
    assertThat(checkHttp(http(plain(), 200, "starting"), "fine"))
        .isEqualTo("failed: HTTP 200, body without \"fine\"");
  }

  @Test
  void readsAHugeBodyUpToTheLimit() throws Exception {
    assertThat(checkHttp(http(plain(), 200, "x".repeat(1 << 20)), "fine"))
        .isEqualTo(
            "failed: HTTP 200, body without \"fine\" in the first 65536 bytes of the answer");
  }

  @Test
  void namesARefusedConnection() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, LOOPBACK)) {
      port = closed.getLocalPort();
    }

    assertThat(checkHttp(port, null)).isEqualTo("failed: connection refused while connecting");
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    assertThat(check(raw(LoopbackTest::silence), SHORT, null, Optional.empty()))
        .isEqualTo("failed: timed out after 300ms while reading");
  }

  @Test
  void givesUpOnASlowServer() throws Exception {
    int port =
        raw(
            client -> {
              client.getOutputStream().write("HTTP/1.1 20".getBytes(StandardCharsets.UTF_8));
              silence(client);
            });

    assertThat(check(port, SHORT, null, Optional.empty()))
        .isEqualTo("failed: timed out after 300ms while reading");
  }

  @Test
  void recognizesAnotherProtocol() throws Exception {
    int port =
        raw(
            client -> {
              client.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.UTF_8));
              silence(client);
            });

    assertThat(checkHttp(port, null))
        .isEqualTo("failed: not HTTP/1: the answer starts with \"SSH-2.0-x\"");
  }

  @Test
  void namesAnEarlyClose() throws Exception {
    int port = raw(client -> client.getInputStream().readNBytes(20));

    assertThat(checkHttp(port, null))
        .isIn(
            "failed: closed without an answer",
            "failed: connection reset by the peer while reading");
  }

  @Test
  void passesOverTls() throws Exception {
    assertThat(checkHttps(https(valid), "health.test", true)).isEqualTo("passed: HTTP 200");
  }

  @Test
  void verifiesTheAddressWithoutAServerName() throws Exception {
    assertThat(checkHttps(https(valid), null, true)).isEqualTo("passed: HTTP 200");
  }

  @Test
  void refusesACertificateForAnotherName() throws Exception {
    assertThat(checkHttps(https(valid), "other.test", true))
        .isEqualTo(
            "failed: certificate refused: No subject alternative DNS name matching other.test"
                + " found during the TLS handshake");
  }

  @Test
  void refusesAnUnknownAuthority() throws Exception {
    assertThat(checkHttps(https(unknown), "health.test", true))
        .isEqualTo(
            "failed: certificate is not signed by an authority that this host trusts during the"
                + " TLS handshake");
  }

  @Test
  void refusesAnExpiredCertificate() throws Exception {
    assertThat(checkHttps(https(expired), "health.test", true))
        .startsWith("failed: certificate expired: ");
  }

  @Test
  void takesAnyCertificateIfToldTo() throws Exception {
    assertThat(checkHttps(https(expired), "other.test", false)).isEqualTo("passed: HTTP 200");
  }

  @Test
  void noticesThatThePeerSpeaksNoTls() throws Exception {
    int port =
        raw(
            client -> {
              client
                  .getOutputStream()
                  .write("HTTP/1.1 400 No\r\n\r\n".getBytes(StandardCharsets.UTF_8));
              silence(client);
            });

    assertThat(checkHttps(port, "health.test", true))
        .startsWith("failed: the peer does not speak TLS");
  }
}
