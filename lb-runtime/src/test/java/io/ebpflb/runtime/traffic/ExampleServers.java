package io.ebpflb.runtime.traffic;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ebpflb.testing.DnsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The servers of the examples, threads of this process whose sockets are in the servers' namespace.
 * Each says its own address, by HTTP at port 8080 and by UDP.
 */
final class ExampleServers implements AutoCloseable {
  static final int PORT = 8080;
  private static final int TLS_PORT = 8443;
  private static final int MANAGEMENT_PORT = 9000;
  private static final int UDP_PORT = 5353;
  private static final int DNS_PORT = 53;
  private static final String PASSWORD = "changeit";

  private final ExampleNetwork network;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, HttpServer> servers = new HashMap<>();
  private final List<ServerSocket> secured = new ArrayList<>();
  private final Set<String> sick = ConcurrentHashMap.newKeySet();
  private final SSLContext tls;
  private DnsServer names;

  ExampleServers(ExampleNetwork network) throws Exception {
    this.network = network;
    this.tls = tls();
    for (String address : ExampleNetwork.SERVERS) {
      start(address);
    }
    for (String address : ExampleNetwork.SERVERS_IPV6) {
      start(address);
    }
    for (String address : ExampleNetwork.SERVERS.subList(0, 2)) {
      listenByTls(address);
      listen(address, MANAGEMENT_PORT, HttpServer::create);
      DatagramSocket socket = within(() -> new DatagramSocket(at(address, UDP_PORT)));
      threads.submit(() -> answer(socket, address));
    }
    names = within(() -> DnsServer.start(at(ExampleNetwork.NAME_SERVER, DNS_PORT)));
  }

  DnsServer names() {
    return names;
  }

  /** Takes connections at its HTTP port. */
  void start(String address) throws Exception {
    listen(address, PORT, HttpServer::create);
  }

  /** Refuses connections there from now on. */
  void stop(String address) {
    servers.remove(key(address, PORT)).stop(0);
  }

  /** Whether it says so, wherever it is asked for its health. */
  void setSick(String address, boolean isSick) {
    if (isSick) {
      sick.add(address);
    } else {
      sick.remove(address);
    }
  }

  private void listen(String address, int port, Callable<HttpServer> creation) throws Exception {
    // Its socket belongs to the namespace that it is made in.
    HttpServer server = within(creation);
    server.createContext("/", exchange -> reply(exchange, 200, address));
    server.createContext("/health", exchange -> health(exchange, address));
    server.createContext("/ready", exchange -> health(exchange, address));
    server.setExecutor(threads);
    within(
        () -> {
          server.bind(at(address, port), 0);
          server.start();
          return server;
        });
    servers.put(key(address, port), server);
  }

  private void health(HttpExchange exchange, String address) throws IOException {
    boolean isSick = sick.contains(address);
    reply(exchange, isSick ? 503 : 200, isSick ? "sick" : "ok");
  }

  private static void reply(HttpExchange exchange, int code, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** The JDK's server for HTTPS asks a name server for each client's name before it answers. */
  private void listenByTls(String address) throws Exception {
    ServerSocket server =
        within(
            () ->
                tls.getServerSocketFactory()
                    .createServerSocket(TLS_PORT, 50, InetAddress.getByName(address)));
    secured.add(server);
    threads.submit(
        () -> {
          while (!server.isClosed()) {
            Socket client = server.accept();
            threads.submit(() -> answerByTls(client, sick.contains(address)));
          }
          return null;
        });
  }

  private static Void answerByTls(Socket client, boolean isSick) throws IOException {
    try (client) {
      client.setSoTimeout(ExampleClient.TIMEOUT_MILLIS);
      while (!Lines.read(client.getInputStream()).isBlank()) {
        // The header of the request, whatever it asks for.
      }
      String answer =
          "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok".formatted(isSick ? "503 sick" : "200 OK");
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }
    return null;
  }

  private static void answer(DatagramSocket socket, String address) {
    byte[] name = address.getBytes(StandardCharsets.US_ASCII);
    try (socket) {
      DatagramPacket question = new DatagramPacket(new byte[512], 512);
      while (!Thread.currentThread().isInterrupted()) {
        socket.receive(question);
        socket.send(new DatagramPacket(name, name.length, question.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The namespace goes, and the socket with it.
    }
  }

  private <T> T within(Callable<T> task) throws Exception {
    return Within.namespace(network.servers(), task);
  }

  private static InetSocketAddress at(String address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  private static String key(String address, int port) {
    return address + " " + port;
  }

  /** A certificate that nobody has signed. */
  private static SSLContext tls() throws Exception {
    Path store =
        Checkout.scratch().resolve("examples-%d.p12".formatted(ProcessHandle.current().pid()));
    Files.deleteIfExists(store);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-dname",
                "CN=www.example.com",
                "-ext",
                "san=dns:www.example.com")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool makes no certificate");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Files.delete(store);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket each : secured) {
      each.close();
    }
    servers.values().forEach(server -> server.stop(0));
    names.close();
    threads.shutdownNow();
  }
}
