package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.MetricsSettings;
import io.ebpflb.runtime.config.Configuration.Token;
import io.ebpflb.runtime.metrics.CheckLatencies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** An endpoint on a socket of its own and on a loopback port. */
public final class AdminFixture implements AutoCloseable {

  public final SampleBalancer balancer = new SampleBalancer();
  public final SampleOperations operations = new SampleOperations(balancer);
  public final SampleReload reload = new SampleReload();
  public final SamplePlugins plugins = new SamplePlugins();
  public final Path socket;
  final AdminSettings settings;
  public final AdminServer server;
  private final Path directory;

  public AdminFixture() {
    this(Limits.DEFAULT);
  }

  AdminFixture(Limits limits) {
    this(limits, settings -> settings);
  }

  /**
   * @param change of settings that listen on a loopback port
   */
  AdminFixture(Limits limits, UnaryOperator<AdminSettings> change) {
    try {
      // Build directories can be deeper than a socket's path may be long.
      directory = Files.createTempDirectory("lb");
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
    socket = directory.resolve("run/lb.sock");
    settings =
        change.apply(
            AdminSettings.of(
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                socket,
                socket.resolveSibling("state.json")));
    server =
        AdminServer.open(
                settings,
                new MetricsSettings("/metrics"),
                new Controls(balancer, new CheckLatencies(), operations, reload, plugins),
                limits)
            .listen();
  }

  /** With tokens on a loopback port, or on a port of every address with TLS. */
  public static AdminFixture guarded(List<Token> tokens, Optional<PemFiles> pem) {
    return guarded(Limits.DEFAULT, tokens, pem);
  }

  static AdminFixture guarded(Limits limits, List<Token> tokens, Optional<PemFiles> pem) {
    boolean isOpen = pem.isPresent() && !tokens.isEmpty();
    return new AdminFixture(
        limits,
        settings ->
            new AdminSettings(
                isOpen ? Optional.of(new InetSocketAddress(0)) : settings.listen(),
                settings.socket(),
                settings.state(),
                tokens,
                pem.map(PemFiles::certificate),
                pem.map(PemFiles::key),
                Optional.empty()));
  }

  public int port() {
    return server.tcpAddress().orElseThrow().getPort();
  }

  public boolean isAlive() throws IOException {
    return get("/live").status() == 200;
  }

  RawClient unix() throws IOException {
    return RawClient.unix(socket);
  }

  RawClient tcp() throws IOException {
    return RawClient.tcp(server.tcpAddress().orElseThrow());
  }

  RawClient.Response get(String path) throws IOException {
    try (RawClient client = unix()) {
      return client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").response();
    }
  }

  /** With a JSON body if there is one. */
  RawClient.Response request(String method, String path, String body) throws IOException {
    return request(method, path, "application/json", body);
  }

  RawClient.Response request(String method, String path, String contentType, String body)
      throws IOException {
    String content =
        body.isEmpty()
            ? ""
            : "Content-Type: " + contentType + "\r\nContent-Length: " + body.length() + "\r\n";
    try (RawClient client = unix()) {
      return client
          .send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + content + "\r\n" + body)
          .response();
    }
  }

  @Override
  public void close() {
    server.close();
    try {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
      Files.deleteIfExists(directory);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }
}
