package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.metrics.CheckLatencies;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The API is what its document says, and the other way round. */
class OpenApiTest {

  private static final List<String> METHODS = List.of("get", "put", "post", "delete");

  private final AdminFixture admin = new AdminFixture();
  private JsonObject document;

  @BeforeEach
  void read() throws IOException {
    document = JsonParser.parseString(admin.get("/api/v1/openapi.json").body()).getAsJsonObject();
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void everyRouteIsDocumentedAndNothingElse() {
    SampleBalancer balancer = new SampleBalancer();
    List<Route> routes =
        Routes.of(
            new Controls(
                balancer,
                new CheckLatencies(),
                new SampleOperations(balancer),
                new SampleReload(),
                new SamplePlugins()),
            new Readiness(balancer),
            "/metrics",
            Clock.systemUTC());
    assertThat(documented())
        .containsExactlyInAnyOrderElementsOf(routes.stream().map(OpenApiTest::line).toList());
  }

  /** Method, path, role, kind of body, and whether If-Match is needed. */
  private static String line(Route route) {
    return String.join(
        " ",
        route.method(),
        route.path().toString(),
        route.role().name().toLowerCase(Locale.ROOT),
        route.body().contentType(),
        route.matchNeeded() ? "if-match" : "");
  }

  private List<String> documented() {
    List<String> lines = new ArrayList<>();
    document
        .getAsJsonObject("paths")
        .asMap()
        .forEach(
            (path, item) ->
                item.getAsJsonObject()
                    .asMap()
                    .forEach(
                        (method, operation) ->
                            lines.add(line(method, path, operation.getAsJsonObject()))));
    return lines;
  }

  private static String line(String method, String path, JsonObject operation) {
    assertThat(METHODS).contains(method);
    JsonObject body = operation.getAsJsonObject("requestBody");
    String contentType =
        body == null ? "" : String.join("|", body.getAsJsonObject("content").keySet());
    boolean matchNeeded =
        operation.has("parameters")
            && operation.getAsJsonArray("parameters").asList().stream()
                .map(each -> each.getAsJsonObject().get("$ref"))
                .anyMatch(each -> each != null && each.getAsString().endsWith("if-match-needed"));
    return String.join(
        " ",
        method.toUpperCase(Locale.ROOT),
        path,
        operation.get("x-role").getAsString(),
        contentType,
        matchNeeded ? "if-match" : "");
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    references(document)
        .forEach(
            reference -> {
              JsonElement found = document;
              for (String name : reference.substring(2).split("/")) {
                found = found.getAsJsonObject().get(name);
                assertThat(found).as(reference).isNotNull();
              }
            });
  }

  private static Stream<String> references(JsonElement element) {
    if (element.isJsonArray()) {
      return element.getAsJsonArray().asList().stream().flatMap(OpenApiTest::references);
    }
    if (!element.isJsonObject()) {
      return Stream.empty();
    }
    JsonObject object = element.getAsJsonObject();
    return object.has("$ref")
        ? Stream.of(object.get("$ref").getAsString())
        : object.asMap().values().stream().flatMap(OpenApiTest::references);
  }

  static Stream<Map.Entry<String, String>> requests() {
    String backend = "/api/v1/services/web/backends/10.0.0.1:8080";
    String route = "/api/v1/config/services/web/source-routes/192.168.0.0%2F16";
    return Stream.of(
        Map.entry("GET /api/v1/status", ""),
        Map.entry("GET /api/v1/plugins", ""),
        Map.entry("GET /api/v1/plugins/dns", ""),
        Map.entry("GET /api/v1/plugins/dns/state", ""),
        Map.entry("PUT /api/v1/plugins/dns/state", "{\"state\":\"disabled\",\"force\":true}"),
        Map.entry("POST /api/v1/plugins/dns/reload", ""),
        Map.entry("GET /api/v1/plugins/dns/operations", ""),
        Map.entry("POST /api/v1/plugins/dns/operations/dns-status", ""),
        Map.entry("POST /api/v1/plugins/dns/operations/dns-resolve", "{\"attempts\":2}"),
        Map.entry("GET /api/v1/services", ""),
        Map.entry("GET /api/v1/services/web", ""),
        Map.entry("GET /api/v1/services/web/backends", ""),
        Map.entry("GET " + backend, ""),
        Map.entry("GET " + backend + "/state", ""),
        Map.entry("PUT " + backend + "/state", "{\"state\":\"drain\",\"timeout\":\"30s\"}"),
        Map.entry("GET " + backend + "/weight", ""),
        Map.entry("PUT " + backend + "/weight", "{\"weight\":2.5}"),
        Map.entry("DELETE " + backend + "/weight", ""),
        Map.entry("GET " + backend + "/forced-health", ""),
        Map.entry("PUT " + backend + "/forced-health", "{\"forced_health\":\"down\"}"),
        Map.entry("POST " + backend + "/check", ""),
        Map.entry("POST /api/v1/services/web/check", ""),
        Map.entry("GET /api/v1/reload", ""),
        Map.entry("POST /api/v1/reload", ""),
        Map.entry("GET /api/v1/flows?service=web&limit=5", ""),
        Map.entry("DELETE /api/v1/flows?service=web", ""),
        Map.entry("GET /api/v1/services/web/algorithm", ""),
        Map.entry("GET /api/v1/config", ""),
        Map.entry("GET /api/v1/config/changes", ""),
        Map.entry("POST /api/v1/config/save", "{\"overwrite\":true}"),
        Map.entry("GET /api/v1/config/services", ""),
        Map.entry("GET /api/v1/config/services/web", ""),
        Map.entry("PUT /api/v1/config/services/web", "{}"),
        Map.entry("DELETE /api/v1/config/services/web", ""),
        Map.entry("GET /api/v1/config/services/web/source-routes", ""),
        Map.entry("GET " + route, ""),
        Map.entry("PUT " + route, "{}"),
        Map.entry("DELETE " + route, ""),
        Map.entry("GET /api/v1/drains", ""));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void answersAreOfTheDocumentedForm(Map.Entry<String, String> request) throws IOException {
    admin.operations.setAdminState(
        "web",
        "10.0.0.9:8080",
        io.ebpflb.runtime.service.AdminState.MAINTENANCE,
        java.util.Optional.empty());
    String[] words = request.getKey().split(" ");
    RawClient.Response response = admin.request(words[0], words[1], request.getValue());
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    assertThat(mistakes(words[0], RequestTarget.path(words[1]), "200", response)).isEmpty();
  }

  @Test
  void aDiffIsOfTheDocumentedForm() throws IOException {
    RawClient.Response response =
        admin.request("POST", "/api/v1/config/diff", "application/toml", SampleReload.NEXT);
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    assertThat(mistakes("POST", "/api/v1/config/diff", "200", response)).isEmpty();
  }

  @Test
  void problemsAreOfTheDocumentedForm() throws IOException {
    RawClient.Response response = admin.get("/api/v1/services/nothing");
    assertThat(response.status()).isEqualTo(404);
    assertThat(mistakes("GET", "/api/v1/services/x", "default", response)).isEmpty();
  }

  private List<String> mistakes(
      String method, String path, String status, RawClient.Response response) {
    JsonObject answer =
        operation(method, path).getAsJsonObject("responses").getAsJsonObject(status);
    if (answer.has("$ref")) {
      answer = document.getAsJsonObject("components").getAsJsonObject("responses");
      answer = answer.getAsJsonObject("problem");
    }
    String contentType = response.headers().get("content-type");
    JsonObject media = answer.getAsJsonObject("content").getAsJsonObject(contentType);
    assertThat(media).as(contentType).isNotNull();
    return contentType.equals(Reply.JSON) || !status.equals("200")
        ? new Schema(document)
            .check(media.getAsJsonObject("schema"), JsonParser.parseString(response.body()))
        : List.of();
  }

  private JsonObject operation(String method, String path) {
    return document.getAsJsonObject("paths").asMap().entrySet().stream()
        .filter(each -> new PathTemplate(each.getKey()).match(path).isPresent())
        .map(each -> each.getValue().getAsJsonObject())
        .findFirst()
        .orElseThrow()
        .getAsJsonObject(method.toLowerCase(Locale.ROOT));
  }
}
