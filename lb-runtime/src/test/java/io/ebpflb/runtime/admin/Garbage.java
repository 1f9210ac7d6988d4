package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Requests that no client sends, the same ones in each run. */
public final class Garbage {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final Set<String> EXPECTED =
      Set.of(
          "100", "200", "400", "401", "403", "404", "405", "412", "413", "414", "415", "422", "428",
          "431", "505");
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
          "Authorization: Bearer 0123456789abcdef0123",
          "Authorization:",
          "/api/v1/config",
          "/services/web/source-routes/0.0.0.0%2F0",
          "Content-Type: application/toml",
          "{\"target\":[[[{}]]]}",
          "%2e%2e%2f",
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

  private final Random random;

  public Garbage(long seed) {
    random = new Random(seed);
  }

  /** Sends the next, and sees that whatever is answered is an answer that is documented. */
  public void send(RawClient client) throws IOException {
    byte[] garbage = next();
    client.send(garbage);
    try {
      client.endOutput();
    } catch (IOException closed) {
      // What it said before can still be read.
    }
    assertThat(STATUS.matcher(client.rest()).results().map(Garbage::code))
        .as(() -> new String(garbage, StandardCharsets.ISO_8859_1))
        .allMatch(EXPECTED::contains);
  }

  private static String code(MatchResult status) {
    return status.group(1);
  }

  private byte[] next() {
    return switch (random.nextInt(4)) {
      case 0 -> bytes();
      case 1 -> words();
      case 2 -> mutated(READ);
      default -> mutated(CHANGE);
    };
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] words() {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(30); left > 0; left--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A good request with some bytes changed. */
  private byte[] mutated(String request) {
    byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
    for (int left = random.nextInt(6); left > 0; left--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
