package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PluginOperationsTest {

  private static final String OPERATIONS = "/api/v1/plugins/dns/operations";

  private final AdminFixture admin = new AdminFixture();

  @AfterEach
  void close() {
    admin.close();
  }

  private RawClient.Response overTcp(String operation, String body) throws IOException {
    try (RawClient client = admin.tcp()) {
      return client
          .send(
              "POST "
                  + OPERATIONS
                  + "/"
                  + operation
                  + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  + "Content-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body)
          .response();
    }
  }

  @Test
  void eachOperationAsksForItsOwnRole() throws IOException {
    assertThat(overTcp("dns-status", "{}").status()).isEqualTo(200);
    assertThat(overTcp("dns-resolve", "{\"attempts\":1}").status()).isEqualTo(401);
  }

  @Test
  void argumentsMayBeNumbersAndLeftOut() throws IOException {
    RawClient.Response response =
        admin.request("POST", OPERATIONS + "/dns-resolve", "{\"attempts\":2.0,\"host\":null}");
    assertThat(response.body())
        .isEqualTo("{\"message\":\"asking for all, 2 times\",\"columns\":[],\"rows\":[]}\n");
  }

  @Test
  void allThatIsWrongWithArgumentsIsToldAtOnce() throws IOException {
    RawClient.Response response =
        admin.request("POST", OPERATIONS + "/dns-resolve", "{\"attempts\":0.5,\"x\":true}");
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.headers().get("content-type")).isEqualTo("application/problem+json");
    assertThat(response.body()).contains("x: unknown argument", "attempts: \\\"0.5\\\" is not");
  }

  @Test
  void whatThePluginSaysOfAFailureIsTold() throws IOException {
    RawClient.Response response =
        admin.request(
            "POST", OPERATIONS + "/dns-resolve", "{\"attempts\":1,\"host\":\"gone.example\"}");
    assertThat(response.status()).isEqualTo(409);
    assertThat(response.body()).contains("no target has that host");
  }

  @Test
  void aPluginWithoutOperationsHasAnEmptyListAndAnUnknownOneNone() throws IOException {
    assertThat(admin.get("/api/v1/plugins/health-http/operations").body())
        .isEqualTo("{\"operations\":[]}\n");
    assertThat(admin.get("/api/v1/plugins/dsn/operations").status()).isEqualTo(404);
    assertThat(admin.request("POST", OPERATIONS + "/dns-statu", "").status()).isEqualTo(404);
  }
}
