package io.ebpflb.plugin.healthhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectationTest {

  private static Expectation expectation(String method, String body) {
    return new Expectation(
        new HttpSettings(
            method,
            "/",
            Optional.empty(),
            "200-399",
            Optional.ofNullable(body),
            1024,
            Optional.empty()));
  }

  private static byte[] bytes(String text) {
    return text.replace("~", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** {@code ~} is a line end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "HTTP/1.1 200 OK~~                                            | -  | passed: HTTP 200",
        "HTTP/1.0 204~~                                               | -  | passed: HTTP 204",
        "HTTP/1.1 503 Service Unavailable~~                           | -  | failed: HTTP 503, expected 200-399",
        "HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~~                     | -  | passed: HTTP 200",
        "HTTP/1.1 200 OK~Content-Length: 2~~ok                        | ok | passed: HTTP 200",
        "HTTP/1.1 200 OK~Content-Length: 2~~okay                      | ay | failed: HTTP 200, body without \"ay\"",
        "HTTP/1.1 200 OK~Content-Length: 9~~okay                      | ok | passed: HTTP 200",
        "HTTP/1.1 200 OK~Content-Length: 9~~nono                      | ok | failed: HTTP 200, closed in the middle of the body",
        "HTTP/1.1 200 OK~~nono                                        | ok | failed: HTTP 200, body without \"ok\"",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1~o~1;x=y~k~0~~  | ok | passed: HTTP 200",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~no~0~~         | ok | failed: HTTP 200, body without \"ok\"",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~x~no~0~~         | ok | failed: a chunk of the body has no size",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1~no~0~~         | ok | failed: a chunk of the body is longer than its size",
        "HTTP/1.1 200 OK~Transfer-Encoding: gzip~~x                   | ok | failed: unknown transfer-encoding: gzip",
        "HTTP/1.1 200 OK~Content-Length: -1~~x                        | ok | failed: content-length is not a number: -1",
        "HTTP/1.1 200 OK~Content-Length: 5~~sch\u00f6n                | ö  | passed: HTTP 200",
        "HTTP/1.1 200 OK~X: y                                         | -  | failed: closed in the middle of the header",
        "''                                                           | -  | failed: closed without an answer",
        "SSH-2.0-OpenSSH_9.2~                                         | -  | failed: not HTTP/1: the answer starts with \"SSH-2.0-OpenSSH_9.2\"",
        "HTTP/1.1 2000 OK~~                                           | -  | failed: not HTTP/1: the answer starts with \"HTTP/1.1 2000 OK\"",
        "HTTP/1.1  200 OK~~                                           | -  | failed: not HTTP/1: the answer starts with \"HTTP/1.1  200 OK\"",
        "HTTP/2 200~~                                                 | -  | failed: not HTTP/1: the answer starts with \"HTTP/2 200\"",
      })
  void judges(String answer, String body, String result) {
    assertThat(expectation("GET", body).judge(bytes(answer))).hasToString(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "HTTP/1.1 200 OK~                             | -  | false",
        "HT                                           | -  | false",
        "SSH                                          | -  | true",
        "HTTP/1.1 200 OK~~                            | -  | true",
        "HTTP/1.1 200 OK~Content-Length: 9~~no        | ok | false",
        "HTTP/1.1 200 OK~Content-Length: 9~~no ok     | ok | true",
        "HTTP/1.1 200 OK~Content-Length: 2~~no        | ok | true",
        "HTTP/1.1 500 No~Content-Length: 9~~          | ok | true",
        "HTTP/1.1 200 OK~~no                          | ok | false",
      })
  void waitsOnlyForWhatCouldChangeTheVerdict(String answer, String body, boolean decided) {
    assertThat(expectation("GET", body).isDecided(bytes(answer))).isEqualTo(decided);
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.1 200 OK~Content-Length: 9~~"})
  void anAnswerToHeadHasNoBody(String answer) {
    assertThat(expectation("HEAD", null).judge(bytes(answer))).hasToString("passed: HTTP 200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK~X:   | - | the header is longer than 1024 bytes",
        "HTTP/1.1 200 OK~~    | ok | HTTP 200, body without \"ok\" in the first 1024 bytes of the answer"
      },
      nullValues = "-")
  void saysThatTheLimitCutIt(String start, String body, String detail) {
    String full = (bytesText(start) + "x".repeat(1024)).substring(0, 1024);

    assertThat(expectation("GET", body).judge(full.getBytes(StandardCharsets.UTF_8)).detail())
        .isEqualTo(detail);
  }

  private static String bytesText(String text) {
    return new String(bytes(text), StandardCharsets.UTF_8);
  }
}
