package io.ebpflb.runtime.admin;

import static io.ebpflb.runtime.admin.AdminServerTest.expectProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody may try who wants in, or wants it to stop; beside {@link GarbageTest}. */
class AttackTest {

  private static final Limits SHORT =
      new Limits(4, Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(10), 1 << 20);
  private static final String CONFIG = "/api/v1/config";

  /** The path is taken as it is: nothing is resolved, joined or decoded before it is cut. */
  @ParameterizedTest
  @CsvSource({
    "/api/v1/../v1/status, 404",
    "/api/v1/./status, 404",
    "/api/v1/%2e%2e/v1/status, 404",
    "/api//v1/status, 404",
    "//api/v1/status, 404",
    "/api/v1/status/, 404",
    "/api/v1/status/..;/plugins, 404",
    "/api/v1%2fstatus, 404",
    "/api%5Cv1%5Cstatus, 404",
    "\\api\\v1\\status, 404",
    "/API/V1/STATUS, 404",
    "/api/v1/status%00, 404",
    "/api/v1/services/web%00, 400",
    "/api/v1/services/web%0d%0aX: y, 400",
    "/api/v1/services/%c0%ae%c0%ae, 400",
    "/api/v1/services/%ff, 400",
    "/api/v1/services/%zz, 400",
    "/api/v1/services/%2e%2e, 404",
    "/api/v1/services/..%2f..%2fetc%2fpasswd, 404",
    "/api/v1/config/services/web/source-routes/..%2F0, 404",
    "http://localhost/../../etc/passwd, 404",
    "http://localhost, 404",
    "/api/v1/status?limit=%, 400",
    "/api/v1/flows?limit=1&limit=2, 400",
    "/api/v1/flows?%6cimit=1, 200",
    "*, 404",
  })
  void aPathIsNoWayAround(String target, int status) throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.tcp()) {
      client.send("GET " + target.replace(": ", ":%20") + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(status);
      assertThat(admin.isAlive()).isTrue();
    }
  }

  @Test
  void aZeroByteIsNoPath() throws IOException {
    try (AdminFixture admin = new AdminFixture();
        RawClient client = admin.tcp()) {
      client.send("GET /live\0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.response().status()).isIn(400, 404);
    }
  }

  /** Two lengths of one body are two bodies to two readers: nobody gets to be the second. */
  @Test
  void aRequestHasOneLength() throws IOException {
    String smuggled = "DELETE " + CONFIG + "/services/web HTTP/1.1\r\nHost: x\r\n\r\n";
    for (String lengths :
        List.of(
            "Content-Length: 0\r\nContent-Length: " + smuggled.length() + "\r\n",
            "Content-Length: " + smuggled.length() + "\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: xchunked\r\nContent-Length: " + smuggled.length() + "\r\n",
            "Transfer-Encoding : chunked\r\n")) {
      try (AdminFixture admin = new AdminFixture();
          RawClient client = admin.unix()) {
        String head = "POST " + CONFIG + "/save HTTP/1.1\r\nHost: x\r\n";
        client.send(head + "Content-Type: application/json\r\n" + lengths + "\r\n" + smuggled);
        client.endOutput();
        client.rest();
        assertThat(admin.reload.applied).as(lengths).isEmpty();
      }
    }
  }

  @Test
  void aBodyThatDripsIsCutOff() throws Exception {
    try (AdminFixture admin = new AdminFixture(SHORT);
        RawClient client = admin.unix()) {
      client.send(
          "PUT "
              + CONFIG
              + " HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nContent-Type: application/toml\r\n"
              + "Content-Length: 1000000\r\n\r\n");
      Thread dripping =
          new Thread(
              () -> {
                try {
                  while (!Thread.interrupted()) {
                    client.send("#");
                    Thread.sleep(10);
                  }
                } catch (IOException | InterruptedException ended) {
                  // Either is what the test waits for.
                }
              });
      dripping.start();
      assertThat(client.rest()).isEmpty();
      dripping.interrupt();
      dripping.join();
      assertThat(admin.reload.applied).isEmpty();
    }
  }

  @Test
  void bodiesAreAsLongAsTheirKindMayBe() throws IOException {
    try (AdminFixture admin = new AdminFixture()) {
      for (String[] each :
          new String[][] {
            {"PUT", CONFIG, "application/toml", "8388609"},
            {"POST", CONFIG + "/services", "application/json", "1048577"},
            {"POST", CONFIG + "/save", "application/json", "65537"},
            {"PUT", CONFIG, "application/toml", "9223372036854775807"},
          }) {
        try (RawClient client = admin.unix()) {
          client.send(
              "%s %s HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n"
                  .formatted((Object[]) each));
          assertThat(client.response().status()).isEqualTo(413);
          assertThat(client.rest()).isEmpty();
        }
      }
    }
  }

  @Test
  void whatIsNestedForNobodysUseIsRefused() throws IOException {
    try (AdminFixture admin = new AdminFixture()) {
      String path = CONFIG + "/services/web";
      for (String body :
          List.of(
              "{\"a\":" + "[".repeat(50_000),
              "{\"a\":".repeat(9000),
              "{\"a\":{\"b\":[{}]},\"a\":1}",
              "{\"a\":1e999999999}",
              "{\"a\":" + "9".repeat(5000) + "}",
              "{\"a\":[null]}",
              "{\"a\":1}x",
              "[]",
              "\"web\"")) {
        assertThat(admin.request("PUT", path, body).status())
            .as(body.substring(0, Math.min(40, body.length())))
            .isEqualTo(400);
      }
      expectProblem(
          admin.request("PUT", path, "{\"a\":\"x\\n[[service]]\"}"),
          400,
          "a text holds a control character");
      assertThat(admin.reload.applied).isEmpty();
    }
  }

  @Test
  void whoSaysNothingInTlsIsCutOff(@TempDir Path directory) throws Exception {
    PemFiles pem = PemFiles.create(directory);
    try (AdminFixture admin = AdminFixture.guarded(SHORT, List.of(), Optional.of(pem))) {
      List<RawClient> clients = new ArrayList<>();
      for (String begin : List.of("", "\u0016\u0003\u0001\u0002", "GET / HTTP/1.1\r\n\r\n", "\0")) {
        clients.add(admin.tcp().send(begin));
      }
      for (RawClient client : clients) {
        assertThat(client.rest()).doesNotContain("HTTP");
        client.close();
      }
      assertThat(admin.isAlive()).isTrue();
    }
  }
}
