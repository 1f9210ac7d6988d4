package io.ebpflb.plugin.healthhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Backend;
import io.ebpflb.testing.TestingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSettingsTest {

  private static HttpSettings settings(
      String method, String path, String host, String codes, String body) {
    return new HttpSettings(
        method,
        path,
        Optional.ofNullable(host),
        codes,
        Optional.ofNullable(body),
        65536,
        Optional.empty());
  }

  private static HttpsSettings tlsSettings(String host, String serverName) {
    return new HttpsSettings(
        "GET",
        "/",
        Optional.ofNullable(host),
        "200",
        Optional.empty(),
        65536,
        Optional.empty(),
        Optional.ofNullable(serverName),
        true);
  }

  @Test
  void asksFromTheSourceThatIsConfigured() throws Exception {
    TestingContext context = new TestingContext();
    InetAddress source = InetAddress.getByName("127.0.0.9");
    HttpSettings settings =
        new HttpSettings(
            "GET", "/", Optional.empty(), "200", Optional.empty(), 65536, Optional.of(source));

    new HttpChecker(context.network(), settings, Optional.empty())
        .check(Backend.of("web", InetAddress.getLoopbackAddress(), 8080), Duration.ofSeconds(1));

    assertThat(context.network().started().get(0).exchange().source()).contains(source);
  }

  @Test
  void asksAsConfigured() {
    TestingContext context = new TestingContext();
    Backend backend = Backend.of("web", InetAddress.getLoopbackAddress(), 8080);

    for (String host : new String[] {"api.example.com", null}) {
      new HttpChecker(
              context.network(), settings("HEAD", "/a?b=c", host, "200", null), Optional.empty())
          .check(backend, Duration.ofSeconds(1));
    }

    assertThat(context.network().started().get(0).request())
        .isEqualTo(
            "HEAD /a?b=c HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: ebpf-lb-health-check\r\n"
                + "Accept: */*\r\nConnection: close\r\n\r\n");
    assertThat(context.network().started().get(1).request()).contains("Host: 127.0.0.1:8080\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "get         | /         | -      | 200     | -  | method \"get\" is not a word in capitals",
        "CONNECT     | /         | -      | 200     | -  | method CONNECT asks for a tunnel, not for a page",
        "GET         | x         | -      | 200     | -  | path \"x\" is not a / and printable characters",
        "GET         | '/a b'    | -      | 200     | -  | path \"/a b\" is not a / and printable characters",
        "GET         | /         | 'a b'  | 200     | -  | host \"a b\" is not a host name with or without a port",
        "HEAD        | /         | -      | 200     | ok | an answer to HEAD has no body, so expected-body cannot hold",
        "GET         | /         | -      | 200     | '' | expected-body is empty",
        "GET         | /         | -      | 20      | -  | expected-codes \"20\": not codes of 100..599 and ranges such as \"200,300-399\"",
        "GET         | /         | -      | 399-200 | -  | expected-codes \"399-200\": 399-200 goes backwards",
      })
  void refuses(String method, String path, String host, String codes, String body, String message) {
    assertThatThrownBy(() -> settings(method, path, host, codes, body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesToAddLinesToTheRequest() {
    assertThatThrownBy(() -> settings("GET", "/\r\nX: y", null, "200", null))
        .hasMessage("path \"/??X: y\" is not a / and printable characters");
    assertThatThrownBy(() -> settings("GET", "/", "a\r\nX: y", "200", null))
        .hasMessageStartingWith("host \"a??X: y\"");
    assertThatThrownBy(() -> settings("GET\n", "/", null, "200", null))
        .hasMessageStartingWith("method");
    assertThatThrownBy(() -> tlsSettings(null, "a\n")).hasMessageStartingWith("server-name");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, -",
        "api.example.com, -, api.example.com",
        "api.example.com:8443, -, api.example.com",
        "10.0.0.1:8443, -, -",
        "[::1]:8443, -, -",
        "api.example.com, other.example.com, other.example.com"
      })
  void takesTheServerNameFromTheHost(String host, String serverName, String expected) {
    assertThat(tlsSettings(host, serverName).tls().serverName())
        .isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1", "a..b", "-a", "a:1"})
  void refusesServerNames(String name) {
    assertThatThrownBy(() -> tlsSettings(null, name))
        .hasMessage("server-name \"" + name + "\" is not a host name");
  }
}
