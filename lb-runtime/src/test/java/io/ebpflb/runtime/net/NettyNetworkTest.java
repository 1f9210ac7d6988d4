package io.ebpflb.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NettyNetworkTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Predicate<byte[]> NEVER = bytes -> false;

  private EventLoops loops;
  private ExecutorService plugin;
  private NettyNetwork network;
  private ServerSocket server;

  @BeforeEach
  void open() throws IOException {
    loops = new EventLoops(1);
    plugin = Executors.newSingleThreadExecutor(body -> new Thread(body, "plugin-test"));
    network = new NettyNetwork(loops, TlsHandlers.withSystemTrust(), plugin, 2);
    server = new ServerSocket(0, 50, LOOPBACK);
    server.setSoTimeout((int) LONG.toMillis());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    network.close();
    plugin.shutdownNow();
    loops.close();
  }

  private Exchange to(Duration deadline) {
    return Exchange.connect(new InetSocketAddress(LOOPBACK, server.getLocalPort()), deadline);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String failure(CompletableFuture<Exchange.Reply> exchange) throws Exception {
    try {
      return "reply: " + text(exchange.get(10, TimeUnit.SECONDS).bytes());
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(IOException.class);
      return e.getCause().getMessage();
    }
  }

  /** Reads until the peer's end, which must be a reset. */
  private static void awaitReset(Socket client) throws IOException {
    try {
      client.setSoTimeout((int) LONG.toMillis());
      while (client.getInputStream().read() >= 0) {
        // What the exchange sent.
      }
      throw new AssertionError("closed by FIN");
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void connectsAndResets() throws Exception {
    CompletableFuture<Exchange.Reply> exchange = network.exchange(to(LONG));

    try (Socket client = server.accept()) {
      awaitReset(client);
    }

    assertThat(exchange.get(10, TimeUnit.SECONDS).bytes()).isEmpty();
    assertThat(exchange.join().latency()).isPositive().isLessThan(LONG);
  }

  @Test
  void readsUntilSatisfied() throws Exception {
    CompletableFuture<Exchange.Reply> exchange =
        network.exchange(to(LONG).withRequest(bytes("ping"), answer -> text(answer).endsWith(".")));

    try (Socket client = server.accept()) {
      assertThat(text(client.getInputStream().readNBytes(4))).isEqualTo("ping");
      client.getOutputStream().write(bytes("po"));
      client.getOutputStream().flush();
      client.getOutputStream().write(bytes("ng."));
      awaitReset(client);
    }

    assertThat(failure(exchange)).isEqualTo("reply: pong.");
  }

  @Test
  void readsUntilThePeerCloses() throws Exception {
    CompletableFuture<Exchange.Reply> exchange =
        network.exchange(to(LONG).withRequest(new byte[0], NEVER));

    try (Socket client = server.accept()) {
      client.getOutputStream().write(bytes("bye"));
    }

    assertThat(failure(exchange)).isEqualTo("reply: bye");
  }

  @Test
  void readsUpToTheLimit() throws Exception {
    CompletableFuture<Exchange.Reply> exchange =
        network.exchange(to(LONG).withRequest(new byte[0], NEVER).withReplyBytesMax(5));

    try (Socket client = server.accept()) {
      client.getOutputStream().write(bytes("0123456789"));

      assertThat(failure(exchange)).isEqualTo("reply: 01234");
    }
  }

  @Test
  void asksAndAnswersOnThePluginsThread() throws Exception {
    List<String> threads = new ArrayList<>();
    CompletableFuture<Void> exchange =
        network
            .exchange(
                to(LONG)
                    .withRequest(
                        new byte[0], answer -> threads.add(Thread.currentThread().getName())))
            .thenAccept(reply -> threads.add(Thread.currentThread().getName()));

    try (Socket client = server.accept()) {
      client.getOutputStream().write(bytes("x"));
      exchange.get(10, TimeUnit.SECONDS);
    }

    assertThat(threads).containsExactly("plugin-test", "plugin-test");
  }

  @Test
  void aPredicateThatThrowsFailsItsExchangeAlone() throws Exception {
    CompletableFuture<Exchange.Reply> bad =
        network.exchange(
            to(LONG)
                .withRequest(
                    new byte[0],
                    answer -> {
                      throw new StackOverflowError();
                    }));
    try (Socket client = server.accept()) {
      client.getOutputStream().write(bytes("x"));
      assertThat(failure(bad)).isEqualTo("reading the answer failed: StackOverflowError");
    }

    CompletableFuture<Exchange.Reply> good = network.exchange(to(LONG));
    try (Socket client = server.accept()) {
      awaitReset(client);
    }
    assertThat(failure(good)).isEqualTo("reply: ");
  }

  @Test
  void timesOutWhileReading() throws Exception {
    assertThat(failure(network.exchange(to(SHORT).withRequest(bytes("x"), NEVER))))
        .isEqualTo("timed out after 200ms while reading");
    try (Socket client = server.accept()) {
      awaitReset(client);
    }
  }

  @Test
  void namesARefusedConnection() throws Exception {
    server.close();

    assertThat(failure(network.exchange(to(LONG))))
        .isEqualTo("connection refused while connecting");
  }

  @Test
  void connectsFromTheGivenSource() throws Exception {
    InetAddress source = InetAddress.getByName("127.0.0.9");
    CompletableFuture<Exchange.Reply> exchange = network.exchange(to(LONG).withSource(source));

    try (Socket client = server.accept()) {
      assertThat(client.getInetAddress()).isEqualTo(source);
    }

    assertThat(failure(exchange)).isEqualTo("reply: ");
    assertThat(failure(network.exchange(to(LONG).withSource(InetAddress.getByName("192.0.2.1")))))
        .startsWith("cannot connect from 192.0.2.1: not an address of this host");
  }

  @Test
  void cancellingADerivedFutureEndsTheExchange() throws Exception {
    CompletableFuture<Integer> derived =
        network
            .exchange(to(LONG).withRequest(bytes("x"), NEVER))
            .thenApply(reply -> reply.bytes().length)
            .thenApply(length -> length + 1);

    try (Socket client = server.accept()) {
      derived.cancel(true);

      awaitReset(client);
    }
  }

  @Test
  void runsAtMostSoManyAtATime() throws Exception {
    List<CompletableFuture<Exchange.Reply>> exchanges = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      exchanges.add(network.exchange(to(LONG).withRequest(new byte[0], NEVER)));
    }
    CompletableFuture<Exchange.Reply> impatient = network.exchange(to(SHORT));

    try (Socket first = server.accept();
        Socket second = server.accept()) {
      assertThat(failure(impatient))
          .isEqualTo("timed out after 200ms while waiting for other exchanges to end");
      assertThat(exchanges.get(2)).isNotDone();
      first.getOutputStream().write('x');
      first.shutdownOutput();
      server.accept().close();
      second.getOutputStream().write('x');
    }

    for (CompletableFuture<Exchange.Reply> exchange : exchanges) {
      assertThat(failure(exchange)).startsWith("reply: ");
    }
  }

  @Test
  void closingEndsEverything() throws Exception {
    CompletableFuture<Exchange.Reply> running =
        network.exchange(to(LONG).withRequest(bytes("x"), NEVER));
    try (Socket client = server.accept()) {
      network.close();

      awaitReset(client);
    }

    assertThat(failure(running)).isEqualTo("cancelled");
    assertThat(failure(network.exchange(to(LONG)))).isEqualTo("the plugin is being closed");
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    assertThat(
            failure(
                network.exchange(
                    Exchange.connect(InetSocketAddress.createUnresolved("name", 1), LONG))))
        .isEqualTo("\"name\" is not an address");
    assertThat(failure(network.exchange(to(Duration.ZERO))))
        .isEqualTo("deadline PT0S is not in 1 ms .. 1 h");
    assertThat(failure(network.exchange(to(LONG).withReplyBytesMax(0))))
        .startsWith("reply limit 0 is not in ");
  }
}
