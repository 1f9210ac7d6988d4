package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {

  private final AdminFixture admin = new AdminFixture();

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void aLivingProcessSaysSo() throws IOException {
    admin.balancer.forwarding = false;
    admin.balancer.failure = new IllegalStateException("the data plane is closed");
    assertThat(admin.get("/live").status()).isEqualTo(200);
  }

  @Test
  void readyOnceAPlanIsInForce() throws IOException {
    assertThat(admin.get("/ready").status()).isEqualTo(200);
    assertThat(admin.get("/ready").body()).isEqualTo("forwarding\n");
  }

  @Test
  void notReadyWhileStarting() throws IOException {
    admin.balancer.forwarding = false;
    expectProblem(admin.get("/ready"), 503, "starting: no plan is in force yet");
  }

  @Test
  void notReadyForAReason() throws IOException {
    admin.balancer.forwarding = false;
    admin.balancer.problem = Optional.of("map lb_services is full");
    expectProblem(admin.get("/ready"), 503, "not forwarding: map lb_services is full");
  }

  @Test
  void readyThoughALaterPlanFailed() throws IOException {
    admin.balancer.problem = Optional.of("map lb_services is full");
    RawClient.Response response = admin.get("/ready");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo("forwarding; the last change is not in force: map lb_services is full\n");
  }

  @Test
  void notReadyWhileStopping() throws IOException {
    admin.server.announceStop();
    expectProblem(admin.get("/ready"), 503, "stopping");
    assertThat(admin.get("/live").status()).isEqualTo(200);
  }

  @Test
  void metricsAreTextOfEitherFormat() throws IOException {
    RawClient.Response plain = admin.get("/metrics");
    assertThat(plain.status()).isEqualTo(200);
    assertThat(plain.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(plain.body()).contains("lb_up 1.0\n");
    try (RawClient client = admin.unix()) {
      client.send(
          "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\n\r\n");
      RawClient.Response open = client.response();
      assertThat(open.headers().get("content-type")).startsWith("application/openmetrics-text");
      assertThat(open.body()).endsWith("# EOF\n");
    }
  }

  @Test
  void aProtobufAcceptHeaderGetsText() throws IOException {
    try (RawClient client = admin.unix()) {
      client.send(
          "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/vnd.google.protobuf;"
              + "proto=io.prometheus.client.MetricFamily;encoding=delimited\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers().get("content-type")).startsWith("text/plain; version=0.0.4");
    }
  }

  @Test
  void aFailureIsAProblemThatTellsNoInternals() throws IOException {
    admin.balancer.failure = new IllegalStateException("secret");
    expectProblem(admin.get("/metrics"), 500, "the balancer's log says what went wrong");
    expectProblem(admin.get("/api/v1/services"), 500, "the balancer's log says what went wrong");
    admin.balancer.failure = null;
    assertThat(admin.get("/metrics").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing", "/live/", "//live", "/LIVE", "*"})
  void anUnknownPathIsNotFound(String path) throws IOException {
    expectProblem(
        admin.get(path),
        404,
        "there is nothing here; GET /api/v1/openapi.json lists what there is");
  }

  @ParameterizedTest
  @CsvSource({"POST,/live", "PUT,/metrics", "DELETE,/api/v1/services", "X,/live"})
  void otherMethodsAreNotAllowed(String method, String path) throws IOException {
    try (RawClient client = admin.unix()) {
      client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Response response = client.response();
      expectProblem(response, 405, "here is no " + method + ", only GET, HEAD, OPTIONS");
      assertThat(response.headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/live", "/ready", "/metrics", "/api/v1/services", "/api/v1/status", "/x"})
  void headIsGetWithoutTheBody(String path) throws IOException {
    try (RawClient client = admin.unix()) {
      RawClient.Response head =
          client.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").response(true);
      RawClient.Response get =
          client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").response();
      assertThat(head.status()).isEqualTo(get.status());
      assertThat(head.headers()).containsEntry("content-type", get.headers().get("content-type"));
      assertThat(Integer.parseInt(head.headers().get("content-length"))).isPositive();
    }
  }

  @Test
  void everyResponseIsNotToBeKeptOrGuessedAt() throws IOException {
    assertThat(admin.get("/live").headers())
        .containsEntry("cache-control", "no-store")
        .containsEntry("x-content-type-options", "nosniff")
        .containsKey("date");
  }

  @Test
  void aQueryChangesNothing() throws IOException {
    assertThat(admin.get("/live?a=b&c").status()).isEqualTo(200);
    assertThat(admin.get("http://x/live?a=b").status()).isEqualTo(200);
  }

  static void expectProblem(RawClient.Response response, int status, String detail) {
    assertThat(response.headers()).containsEntry("content-type", "application/problem+json");
    JsonObject problem = JsonParser.parseString(response.body()).getAsJsonObject();
    assertThat(problem.get("detail").getAsString()).isEqualTo(detail);
    assertThat(problem.get("status").getAsInt()).isEqualTo(status);
    assertThat(problem.get("title").getAsString()).isNotEmpty();
    assertThat(response.status()).isEqualTo(status);
  }
}
