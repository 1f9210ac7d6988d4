package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Requests that no client sends, the same ones in each run. */
class GarbageTest {

  private static final int REQUESTS = 10_000;
  private static final long SEED = 20_261_123;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final Set<String> EXPECTED =
      Set.of("100", "200", "400", "401", "403", "404", "405", "413", "414", "415", "431", "505");
  private static final String READ =
      "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  private static final String CHANGE =
      "PUT /api/v1/services/web/backends/10.0.0.1:8080/weight HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"weight\":42}";
  private static final List<String> WORDS =
      List.of(
          "GET",
          "HEAD",
          "POST",
          "CONNECT",
          "/live",
          "/metrics",
          "/api/v1/services",
          "/web/backends/10.0.0.1:8080/state",
          "PUT",
          "{\"state\":\"drain\"}",
          "Content-Type: application/json",
          "If-Match: *",
          "*",
          "http://",
          "HTTP/1.1",
          "HTTP/1.0",
          "HTTP/9.9",
          "\r\n",
          "\r\n\r\n",
          "\n",
          "\r",
          " ",
          "\t",
          ":",
          "Host: x",
          "Host",
          "Content-Length: 5",
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Length: 1, 2",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: gzip, chunked",
          "Connection: keep-alive",
          "Connection: upgrade",
          "Upgrade: h2c",
          "Expect: 100-continue",
          "Accept: ;q=,;",
          "Origin: null",
          "5\r\nhello\r\n0\r\n\r\n",
          "%00",
          "%",
          "?",
          "#",
          "..",
          "\0",
          "\u00ff",
          "[::",
          "@");

  @Test
  void nothingUpsetsTheServer() throws IOException {
    Random random = new Random(SEED);
    Limits limits =
        new Limits(
            64, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(10), 32 << 20);
    try (AdminFixture admin = new AdminFixture(limits)) {
      for (int i = 0; i < REQUESTS; i++) {
        byte[] garbage = garbage(random);
        String answer = exchange(admin, garbage, i % 2 == 0);
        assertThat(STATUS.matcher(answer).results().map(MatchResult::group).map(GarbageTest::code))
            .as(() -> new String(garbage, StandardCharsets.ISO_8859_1))
            .allMatch(EXPECTED::contains);
      }
      assertThat(admin.get("/live").status()).isEqualTo(200);
      assertThat(admin.get("/metrics").status()).isEqualTo(200);
    }
  }

  private static String code(String status) {
    return status.substring("HTTP/1.1 ".length()).strip();
  }

  private static String exchange(AdminFixture admin, byte[] garbage, boolean unix)
      throws IOException {
    try (RawClient client = unix ? admin.unix() : admin.tcp()) {
      client.send(garbage);
      try {
        client.endOutput();
      } catch (IOException closed) {
        return client.rest();
      }
      return client.rest();
    }
  }

  private static byte[] garbage(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> bytes(random);
      case 1 -> words(random);
      case 2 -> mutated(random, READ);
      default -> mutated(random, CHANGE);
    };
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] words(Random random) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(30); left > 0; left--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A good request with some bytes changed. */
  private static byte[] mutated(Random random, String request) {
    byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
    for (int left = random.nextInt(6); left > 0; left--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
