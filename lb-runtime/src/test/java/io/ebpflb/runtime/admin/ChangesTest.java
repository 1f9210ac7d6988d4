package io.ebpflb.runtime.admin;

import static io.ebpflb.runtime.admin.AdminServerTest.expectProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.service.OperationException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that change something: what is needed of them, and what they do. */
class ChangesTest {

  private static final String BACKEND = "/api/v1/services/web/backends/10.0.0.1:8080";
  private static final String STATE = BACKEND + "/state";
  private static final String DRAIN = "{\"state\":\"drain\"}";

  private final AdminFixture admin = new AdminFixture();

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void aBackendIsDrainedAndMadeReadyAgain() throws IOException {
    RawClient.Response drained =
        admin.request("PUT", STATE, "{\"state\":\"drain\",\"timeout\":\"30s\"}");
    assertThat(drained.status()).isEqualTo(200);
    JsonObject backend = JsonParser.parseString(drained.body()).getAsJsonObject();
    assertThat(backend.get("admin_state").getAsString()).isEqualTo("drain");
    assertThat(backend.getAsJsonObject("drain").get("timeout_seconds").getAsInt()).isEqualTo(30);
    assertThat(admin.request("PUT", STATE, "{\"state\":\"ready\"}").status()).isEqualTo(200);
    assertThat(admin.get(STATE).body()).isEqualTo("{\"state\":\"ready\"}\n");
  }

  @Test
  void aWeightIsOverriddenUntilItIsDeleted() throws IOException {
    String weight = BACKEND + "/weight";
    assertThat(admin.request("PUT", weight, "{\"weight\":7.5}").body())
        .contains("\"configured_weight\":50,\"weight_override\":7.5,\"effective_weight\":7.5");
    assertThat(admin.get(weight).body()).isEqualTo("{\"configured\":50,\"override\":7.5}\n");
    assertThat(admin.request("DELETE", weight, "").body()).contains("\"weight_override\":null");
  }

  @Test
  void healthIsForcedUntilItIsAutoAgain() throws IOException {
    String forced = BACKEND + "/forced-health";
    assertThat(admin.request("PUT", forced, "{\"forced_health\":\"down\"}").body())
        .contains("\"forced_health\":\"down\"", "\"effective_weight\":0");
    assertThat(admin.get(forced).body()).isEqualTo("{\"forced_health\":\"down\"}\n");
    assertThat(admin.request("PUT", forced, "{\"forced_health\":\"auto\"}").status())
        .isEqualTo(200);
    expectProblem(
        admin.request("PUT", forced, "{\"forced_health\":\"sick\"}"),
        400,
        "forced_health: expected one of: auto, up, down; not sick");
  }

  @Test
  void flowsAreListedAndKilledByFilter() throws IOException {
    assertThat(admin.get("/api/v1/flows?limit=1").body())
        .startsWith("{\"matching\":7,\"flows\":[{\"service\":\"web\",\"backend\":\"10.0.0.1:8080\"")
        .contains("\"client\":\"192.0.2.7:40000\"", "\"idle_seconds\":3");
    assertThat(admin.request("DELETE", "/api/v1/flows?service=web", "").body())
        .isEqualTo("{\"killed\":7}\n");
    expectProblem(
        admin.request("DELETE", "/api/v1/flows", ""),
        400,
        "say which flows: ?service=NAME, &backend=ADDRESS:PORT");
    expectProblem(
        admin.get("/api/v1/flows?limit=10001"), 400, "limit: expected a number up to 10000");
    expectProblem(admin.get("/api/v1/flows?servce=web"), 400, "servce: unknown in this query");
  }

  @Test
  void anIpv6BackendMayBeEscapedOrNot() throws IOException {
    String name = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:8080";
    String escaped = name.replace("[", "%5B").replace("]", "%5d").replace(":", "%3A");
    for (String each : List.of(name, escaped)) {
      assertThat(admin.get("/api/v1/services/web/backends/" + each).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|state: missing",
        "{\"state\":null}|state: missing",
        "{\"state\":3}|state: expected a string",
        "{\"state\":[]}|state: a list or an object is not expected",
        "{\"state\":\"off\"}|state: expected one of: ready, drain, maintenance; not off",
        "{\"state\":\"drain\",\"timeout\":\"soon\"}|timeout: expected a duration such as \"30s\"",
        "{\"state\":\"drain\",\"state\":\"ready\"}|the body says state twice",
        "{\"stat\":\"drain\"}|stat: unknown key; expected one of: state, timeout",
        "{\"state\":\"drain\"} {}|the body is not JSON",
        "{'state':'drain'}|the body is not JSON",
        "{\"state\":\"drain\"|the body is not JSON",
        "[\"drain\"]|the body is not a JSON object",
      })
  void aBadBodySaysWhatIsWrong(String body, String detail) throws IOException {
    expectProblem(admin.request("PUT", STATE, body), 400, detail);
    assertThat(admin.get(STATE).body()).isEqualTo("{\"state\":\"ready\"}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/services/wbe|no service \"wbe\"; did you mean: web",
        "/api/v1/services/web/backends/10.0.0.1:8081|no backend of service \"web\": "
            + "\"10.0.0.1:8081\"; did you mean: 10.0.0.1:8080, 10.0.0.9:8080",
      })
  void unknownNamesSayWhatIsNear(String path, String detail) throws IOException {
    expectProblem(admin.get(path), 404, detail);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/services/%, the path or query has a malformed percent-escape",
    "/api/v1/services/%zz, the path or query has a malformed percent-escape",
    "/api/v1/services/%00, the path or query holds what is no visible UTF-8 text",
    "/api/v1/services/%c3%28, the path or query holds what is no visible UTF-8 text",
    "/live?a=%f, the path or query has a malformed percent-escape",
    "/live?a=1&a=2, the query says a twice",
  })
  void badEscapesAreRefused(String path, String detail) throws IOException {
    expectProblem(admin.get(path), 400, detail);
  }

  @Test
  void whatTheOperationRefusesIsAProblemToo() throws IOException {
    expectProblem(
        admin.request("PUT", BACKEND + "/weight", "{\"weight\":-1}"),
        400,
        "a weight is a number from 0 up");
    admin.operations.failure =
        new OperationException(OperationException.Kind.NOT_POSSIBLE, "not now", List.of());
    expectProblem(admin.request("PUT", STATE, DRAIN), 409, "not now");
    admin.operations.failure = new IllegalStateException("secret");
    expectProblem(
        admin.request("PUT", STATE, DRAIN), 500, "the balancer's log says what went wrong");
  }

  @Test
  void aStaleTagIsRefused() throws IOException {
    String tag = admin.get(STATE).headers().get("etag");
    assertThat(change("If-Match: " + tag).status()).isEqualTo(200);
    assertThat(admin.get(STATE).headers().get("etag")).isNotEqualTo(tag);
    RawClient.Response stale = change("If-Match: " + tag);
    assertThat(stale.status()).isEqualTo(412);
    assertThat(change("If-Match: \"x\", *").status()).isEqualTo(200);
    assertThat(change("If-Match: W/" + admin.get(STATE).headers().get("etag")).status())
        .isEqualTo(412);
  }

  private RawClient.Response change(String header) throws IOException {
    try (RawClient client = admin.unix()) {
      return client
          .send(
              "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s\r\n%s%d\r\n\r\n%s"
                  .formatted(STATE, header, "Content-Length: ", DRAIN.length(), DRAIN))
          .response();
    }
  }

  @Test
  void theKindOfBodyMustBeSaid() throws IOException {
    try (RawClient client = admin.unix()) {
      client.send(
          "PUT "
              + STATE
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n"
              + "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
              + DRAIN);
      expectProblem(client.response(), 415, "the body must be of Content-Type: application/json");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefusedBeforeItIsRead() throws IOException {
    for (String framing :
        List.of("Content-Length: 65537\r\n\r\n", chunked("{" + " ".repeat(70_000)))) {
      try (RawClient client = admin.unix()) {
        client.send(
            "PUT "
                + STATE
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + framing);
        expectProblem(client.response(), 413, "the body has more than 65536 bytes");
        client.rest();
      }
    }
  }

  private static String chunked(String body) {
    return "Transfer-Encoding: chunked\r\n\r\n"
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n0\r\n\r\n";
  }

  @Test
  void aBodyMayComeInChunksAndPiecesAndBePipelined() throws IOException {
    try (RawClient client = admin.unix()) {
      String head =
          "PUT "
              + STATE
              + " HTTP/1.1\r\nHost: x\r\nContent-Type: Application/JSON; charset=utf-8\r\n";
      client.send(head + "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"state\"\r\n");
      client.send("9\r\n:\"drain\"}\r\n0\r\n\r\n");
      assertThat(client.response().body()).contains("\"admin_state\":\"drain\"");
      String ready = "{\"state\":\"ready\"}";
      client.send((head + "Content-Length: 17\r\n\r\n" + ready).repeat(3));
      for (int i = 0; i < 3; i++) {
        assertThat(client.response().body()).contains("\"admin_state\":\"ready\"");
      }
    }
  }

  @Test
  void aClientThatWaitsIsToldToContinue() throws IOException {
    try (RawClient client = admin.unix()) {
      client.send(
          "PUT "
              + STATE
              + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Expect: 100-continue\r\nContent-Length: 17\r\nConnection: close\r\n\r\n");
      client.send(DRAIN);
      assertThat(client.rest()).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void optionsListsTheMethods() throws IOException {
    RawClient.Response response = admin.request("OPTIONS", BACKEND + "/weight", "");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers()).containsEntry("allow", "DELETE, GET, HEAD, OPTIONS, PUT");
    assertThat(admin.request("OPTIONS", "/nothing", "").status()).isEqualTo(404);
  }

  @Test
  void onTcpReadingIsFreeAndChangingIsNot() throws IOException {
    try (RawClient client = admin.tcp()) {
      client.send("GET " + STATE + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      client.send("DELETE " + BACKEND + "/weight HTTP/1.1\r\nHost: localhost\r\n\r\n");
      RawClient.Response refused = client.response();
      expectProblem(refused, 401, "changes need a token on TCP, or the unix socket");
      assertThat(refused.headers()).containsEntry("www-authenticate", "Bearer");
    }
  }
}
