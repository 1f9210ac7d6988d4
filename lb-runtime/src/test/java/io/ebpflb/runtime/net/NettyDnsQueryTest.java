package io.ebpflb.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Questions to a real name server on loopback. */
class NettyDnsQueryTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(200);

  private EventLoops loops;
  private ExecutorService plugin;
  private NettyNetwork network;
  private DnsServer server;

  @BeforeEach
  void open() throws IOException {
    loops = new EventLoops(1);
    plugin = Executors.newSingleThreadExecutor(body -> new Thread(body, "plugin-test"));
    network = new NettyNetwork(loops, TlsHandlers.withSystemTrust(), plugin, 2);
    server = DnsServer.start();
  }

  @AfterEach
  void close() {
    server.close();
    network.close();
    plugin.shutdownNow();
    loops.close();
  }

  private CompletableFuture<DnsAnswer> ask(String name, Duration deadline) {
    return network.query(new DnsQuery(server.address(), name, DnsQuery.A, deadline));
  }

  private static String failure(CompletableFuture<DnsAnswer> question) throws Exception {
    try {
      return "answer: " + question.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(IOException.class);
      return e.getCause().getMessage();
    }
  }

  @Test
  void givesRecordsWithTheirTimeToLive() throws Exception {
    server.answer(
        question ->
            Answer.of(
                DnsServer.alias("web.test", 60, "a.web.test"),
                DnsServer.address("A.web.test", 7, "10.0.0.1")));

    DnsAnswer answer = ask("web.test", LONG).get(20, TimeUnit.SECONDS);

    assertThat(answer.code()).isEqualTo(DnsAnswer.NO_ERROR);
    assertThat(answer.records()).extracting(DnsRecord::type).containsExactly(5, 1);
    DnsRecord address = answer.records().get(1);
    assertThat(address.name()).isEqualTo("a.web.test");
    assertThat(address.ttlSeconds()).isEqualTo(7);
    assertThat(address.data()).containsExactly(10, 0, 0, 1);
  }

  @Test
  void completesOnThePluginsThread() throws Exception {
    server.answer(question -> Answer.SILENCE);

    String thread =
        ask("web.test", SHORT)
            .handle((answer, failure) -> Thread.currentThread().getName())
            .get(10, TimeUnit.SECONDS);

    assertThat(thread).isEqualTo("plugin-test");
  }

  @Test
  void answersThatThereIsNoSuchName() throws Exception {
    assertThat(ask("none.test", LONG).get(20, TimeUnit.SECONDS).code())
        .isEqualTo(DnsAnswer.NAME_ERROR);
  }

  @Test
  void asksAgainOverTcpWhenTheAnswerIsTruncated() throws Exception {
    server.answer(
        question ->
            new Answer(
                0,
                IntStream.range(0, 1000)
                    .mapToObj(
                        i -> DnsServer.address("big.test", 1, "10.0." + i / 250 + "." + i % 250))
                    .toList()));

    assertThat(ask("big.test", LONG).get(20, TimeUnit.SECONDS).records()).hasSize(1000);
    assertThat(server.questions())
        .extracting(DnsServer.Question::overTcp)
        .containsExactly(false, true);
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    server.answer(question -> Answer.SILENCE);

    assertThat(failure(ask("web.test", SHORT)))
        .isEqualTo(
            "name server 127.0.0.1:" + server.address().getPort() + ": timed out after 200ms");
  }

  @Test
  void failsWhenNobodyListens() throws Exception {
    InetSocketAddress closed;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      closed = (InetSocketAddress) socket.getLocalSocketAddress();
    }

    assertThat(failure(network.query(new DnsQuery(closed, "web.test", DnsQuery.A, SHORT))))
        .startsWith("name server 127.0.0.1:" + closed.getPort() + ": ");
  }

  @Test
  void refusesWhatIsNoQuestion() throws Exception {
    assertThat(failure(ask("a..b", LONG))).isEqualTo("\"a..b\" is not a host name");
    assertThat(failure(ask("x".repeat(254), LONG))).endsWith("is not a host name");
    assertThat(failure(ask("web.test", Duration.ZERO))).contains("is not in 1 ms .. 30 s");
    assertThat(server.questions()).isEmpty();
  }

  @Test
  void forgetsQuestionsThatAreCancelledOrWhoseNetworkCloses() throws Exception {
    server.answer(question -> Answer.SILENCE);
    CompletableFuture<DnsAnswer> cancelled = ask("a.test", LONG);
    CompletableFuture<DnsAnswer> closed = ask("b.test", LONG);

    cancelled.cancel(true);
    network.close();

    assertThat(cancelled).isCancelled();
    assertThat(failure(closed)).endsWith(": cancelled");
    assertThat(failure(ask("c.test", LONG))).isEqualTo("the plugin is being closed");
  }
}
