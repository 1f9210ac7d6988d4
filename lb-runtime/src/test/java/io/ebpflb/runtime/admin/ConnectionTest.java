package io.ebpflb.runtime.admin;

import static io.ebpflb.runtime.admin.AdminServerTest.expectProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionTest {

  private static final String LIVE = "GET /live HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Limits SHORT =
      new Limits(4, Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(10), 1 << 20);

  @Test
  void aConnectionServesManyRequests() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.send(LIVE).response().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send(
          "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
              + LIVE
              + "HEAD /live HTTP/1.1\r\nHost: x\r\n\r\n"
              + "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
              + "GET /api/v1/services HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.response().body()).contains("lb_up");
      assertThat(client.response().body()).isEqualTo("live\n");
      assertThat(client.response(true).status()).isEqualTo(200);
      assertThat(client.response().status()).isEqualTo(404);
      assertThat(client.response().body()).startsWith("{\"services\":");
    }
  }

  @Test
  void aHundredMayBePipelined() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send(LIVE.repeat(100));
      for (int i = 0; i < 100; i++) {
        assertThat(client.response().status()).isEqualTo(200);
      }
      assertThat(client.send(LIVE).response().status()).isEqualTo(200);
    }
  }

  @Test
  void thousandsPipelinedEndTheirConnectionOnly() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send(LIVE.repeat(5000));
      client.rest();
      assertThat(admin.get("/live").status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestMayComeInPieces() throws Exception {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      String request = "GET /live HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(6000) + "\r\n\r\n";
      client.send(request.substring(0, 10));
      Thread.sleep(20);
      client.send(request.substring(10, 4000));
      Thread.sleep(20);
      client.send(request.substring(4000));
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatSendsNoMoreStillGetsItsAnswers() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" + LIVE);
      client.endOutput();
      assertThat(client.response().body()).contains("lb_up");
      assertThat(client.response().body()).isEqualTo("live\n");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void closeMeansClose() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send("GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.headers()).containsEntry("connection", "close");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void http10ClosesUnlessAskedNotTo() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient closing = admin.unix();
        RawClient staying = admin.unix()) {
      assertThat(closing.send("GET /live HTTP/1.0\r\n\r\n").response().status()).isEqualTo(200);
      assertThat(closing.rest()).isEmpty();
      String request = "GET /live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
      assertThat(staying.send(request).response().headers())
          .containsEntry("connection", "keep-alive");
      assertThat(staying.send(request).response().status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyIsRefused() throws IOException {
    try (AdminFixture admin = new AdminFixture()) {
      for (String header : List.of("Content-Length: 3", "Transfer-Encoding: chunked")) {
        try (RawClient client = admin.unix()) {
          client.send("GET /live HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n");
          expectProblem(client.response(), 413, "a request has no body here");
          assertThat(client.rest()).isEmpty();
        }
      }
    }
  }

  /** What follows an unread body is not taken for a request. */
  @Test
  void aBodyOfAMethodThatIsNotAllowedEndsTheConnection() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      client.send(
          "POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: " + LIVE.length() + "\r\n\r\n" + LIVE);
      assertThat(client.response().status()).isEqualTo(405);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void whatIsTooLongIsRefused() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient line = admin.unix();
        RawClient header = admin.unix();
        RawClient endless = admin.unix()) {
      line.send("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      expectProblem(line.response(), 414, "the request line has more than 4096 bytes");
      assertThat(line.rest()).isEmpty();
      header.send("GET /live HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(9000) + "\r\n\r\n");
      expectProblem(header.response(), 431, "the headers have more than 8192 bytes");
      assertThat(header.rest()).isEmpty();
      endless.send("GET /live HTTP/1.1\r\n" + "A: b\r\n".repeat(10_000));
      assertThat(endless.response().status()).isEqualTo(431);
    }
  }

  @Test
  void otherVersionsAreRefused() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient two = admin.unix();
        RawClient odd = admin.unix()) {
      two.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertThat(two.response().status()).isEqualTo(505);
      odd.send("GET /live HTTP/1.7\r\nHost: x\r\n\r\n");
      assertThat(odd.response().status()).isEqualTo(505);
    }
  }

  @Test
  void thereMustBeOneHost() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient none = admin.unix();
        RawClient two = admin.unix()) {
      none.send("GET /live HTTP/1.1\r\n\r\n");
      expectProblem(none.response(), 400, "there must be one Host header");
      two.send("GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      expectProblem(two.response(), 400, "there must be one Host header");
    }
  }

  @Test
  void aSilentClientIsCutOff() throws IOException {
    try (AdminFixture admin = new AdminFixture(SHORT);
        RawClient client = admin.unix()) {
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatSendsOneByteAfterTheOtherIsCutOff() throws Exception {
    try (AdminFixture admin = new AdminFixture(SHORT);
        RawClient client = admin.unix()) {
      Thread dripping =
          new Thread(
              () -> {
                try {
                  client.send("GET /live HTTP/1.1\r\n");
                  while (!Thread.interrupted()) {
                    client.send("a");
                    Thread.sleep(10);
                  }
                } catch (IOException | InterruptedException ended) {
                  // Either is what the test waits for.
                }
              });
      long start = System.nanoTime();
      dripping.start();
      assertThat(client.rest()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      dripping.interrupt();
      dripping.join();
    }
  }

  @Test
  void aKeptConnectionIsCutOffWhenIdle() throws IOException {
    try (AdminFixture admin = new AdminFixture(SHORT);
        RawClient client = admin.unix()) {
      assertThat(client.send(LIVE).response().status()).isEqualTo(200);
      assertThat(client.rest()).isEmpty();
    }
  }

  /** Clients that ask for much and read nothing hold neither a worker nor memory for long. */
  @Test
  void clientsThatReadNothingAreCutOff() throws Exception {
    try (AdminFixture admin = new AdminFixture(SHORT);
        RawClient first = admin.unix();
        RawClient second = admin.unix();
        RawClient third = admin.unix()) {
      admin.balancer.fill(1000, 10);
      for (RawClient each : List.of(first, second, third)) {
        each.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      assertThat(admin.get("/live").status()).isEqualTo(200);
      Thread.sleep(3 * SHORT.replyTimeout().toMillis());
      assertThat(admin.get("/api/v1/status").status()).isEqualTo(200);
      // What the sockets' buffers hold, and not the 9 MB of the whole.
      assertThat(first.rest().length()).isLessThan(8 << 20);
    }
  }

  @Test
  void connectionsAreLimitedForEachListenerAlone() throws IOException {
    Limits few =
        new Limits(
            4, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(10), 1 << 20);
    try (AdminFixture admin = new AdminFixture(few)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(admin.unix());
        assertThat(clients.get(i).send(LIVE).response().status()).isEqualTo(200);
      }
      try (RawClient refused = admin.unix();
          RawClient tcp = admin.tcp()) {
        assertThat(refused.response().status()).isEqualTo(503);
        assertThat(refused.rest()).isEmpty();
        tcp.send("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(tcp.response().status()).isEqualTo(200);
      }
      for (RawClient each : clients) {
        each.close();
      }
      awaitLive(admin);
    }
  }

  private static void awaitLive(AdminFixture admin) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      if (admin.get("/live").status() == 200) {
        return;
      }
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  @Test
  void aLongResponseArrivesWhole() throws IOException {
    try (AdminFixture admin = new AdminFixture()) {
      admin.balancer.fill(1000, 10);
      String text = admin.get("/metrics").body();
      assertThat(text.lines().filter(each -> each.startsWith("lb_connections_total")))
          .hasSize(10_000);
      assertThat(text).endsWith("\n");
      assertThat(admin.get("/api/v1/services").body()).endsWith("]}\n");
    }
  }

  @Test
  void closingEndsConnections() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.unix()) {
      assertThat(client.send(LIVE).response().status()).isEqualTo(200);
      admin.server.close();
      assertThat(client.rest()).isEmpty();
      assertThat(admin.socket).doesNotExist();
    }
  }
}
