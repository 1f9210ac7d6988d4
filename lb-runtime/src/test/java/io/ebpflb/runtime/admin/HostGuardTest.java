package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostGuardTest {

  private static AdminFixture admin;

  @BeforeAll
  static void start() {
    admin = new AdminFixture();
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  private static int status(String target, String headers) throws IOException {
    try (RawClient client = admin.tcp()) {
      return client.send("GET " + target + " HTTP/1.1\r\n" + headers + "\r\n").response().status();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9180",
        "localhost",
        "LocalHost:9180",
        "[::1]",
        "[::1]:9180",
        "10.0.0.1"
      })
  void addressesAndLocalhostAreServed(String host) throws IOException {
    assertThat(status("/live", "Host: " + host + "\r\n")).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9180",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:80@evil.example",
        "localhost:evil",
        "[::1",
        "[::1]evil",
        "[localhost]x",
        "127.1",
        ""
      })
  void otherNamesAreRefused(String host) throws IOException {
    assertThat(status("/live", "Host: " + host + "\r\n")).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9180, 200",
    "http://127.0.0.1:9181, 403",
    "https://127.0.0.1:9180, 403",
    "http://evil.example, 403",
    "null, 403",
  })
  void onlyTheSameOriginIsServed(String origin, int status) throws IOException {
    assertThat(status("/live", "Host: 127.0.0.1:9180\r\nOrigin: " + origin + "\r\n"))
        .isEqualTo(status);
  }

  @Test
  void anAbsoluteTargetCountsInsteadOfTheHeader() throws IOException {
    assertThat(status("http://evil.example/live", "Host: localhost\r\n")).isEqualTo(403);
    assertThat(status("http://localhost/live", "Host: evil.example\r\n")).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "lb.example.com, true",
    "LB.example.com:9180, true",
    "a.lb.example.net, true",
    "lb.example.net, false",
    "a.b.lb.example.net, false",
    "evil.example, false"
  })
  void theNamesOfTheCertificateAreServed(String host, boolean isServed) {
    HostGuard guard = new HostGuard("https", Set.of("lb.example.com", "*.lb.example.net"));
    DefaultHttpRequest request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/live");
    request.headers().set("Host", host).set("Origin", "https://" + host);
    assertThat(guard.findObjection(request).isEmpty()).isEqualTo(isServed);
    request.headers().set("Origin", "http://" + host);
    assertThat(guard.findObjection(request)).isPresent();
  }

  @Test
  void theUnixSocketTakesAnyName() throws IOException {
    try (RawClient client = admin.unix()) {
      client.send("GET /live HTTP/1.1\r\nHost: balancer.example\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
    }
  }
}
