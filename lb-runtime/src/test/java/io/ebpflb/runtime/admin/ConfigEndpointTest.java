package io.ebpflb.runtime.admin;

import static io.ebpflb.runtime.admin.AdminServerTest.expectProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The config as a resource, in front of a balancer that applies it. */
class ConfigEndpointTest {

  private static final String CONFIG = "/api/v1/config";
  private static final String SERVICES = CONFIG + "/services";
  private static final String WEB = SERVICES + "/web";
  private static final String ROUTES = WEB + "/source-routes";
  private static final String JSON = "application/json";
  private static final String TOML = "application/toml";
  private static final String API =
      "{\"listen\":\"203.0.113.10:81\",\"target\":[{\"address\":\"10.0.0.5:80\",\"weight\":2}]}";

  private Path directory;
  private Path socket;
  private Path file;
  private String original;
  private LoadBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    directory = Files.createTempDirectory("lb");
    socket = directory.resolve("lb.sock");
    original =
        """
        [dataplane]
        interfaces = ["eth0"]
        [admin]
        socket = "%s"
        [reload]
        watch = false

        # the shop
        [[service]]
        name = "web"
        listen = "203.0.113.10:80"
        target = [ { address = "10.0.0.1:8080" }, { address = "10.0.0.2:8080" } ]
        """
            .formatted(socket);
    file = Files.writeString(directory.resolve("lb.toml"), original);
    balancer =
        LoadBalancer.start(
            Options.of(file, directory.resolve("plugins"))
                .withDataPlane(settings -> new MemoryDataPlane()));
  }

  @AfterEach
  void stop() throws IOException {
    balancer.close();
    try (var left = Files.walk(directory)) {
      for (Path each : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private RawClient.Response send(
      String method, String path, Map<String, String> headers, String body) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: x\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: " + body.length() + "\r\n\r\n");
    try (RawClient client = RawClient.unix(socket)) {
      return client.send(head + body).response();
    }
  }

  private RawClient.Response get(String path) throws IOException {
    return send("GET", path, Map.of(), "");
  }

  private RawClient.Response json(String method, String path, String body) throws IOException {
    return send(method, path, body.isEmpty() ? Map.of() : Map.of("Content-Type", JSON), body);
  }

  private RawClient.Response putConfig(String text, String tag) throws IOException {
    return send("PUT", CONFIG, Map.of("Content-Type", TOML, "If-Match", tag), text);
  }

  private List<String> backends() {
    return balancer.services().stream()
        .flatMap(service -> service.backends().stream())
        .map(each -> each.name())
        .toList();
  }

  @Test
  void aConfigIsReplacedAsAWholeByWhoKnowsTheOneInForce() throws IOException {
    RawClient.Response shown = get(CONFIG);
    assertThat(shown.headers()).containsEntry("content-type", TOML);
    assertThat(shown.body()).isEqualTo(original);
    String next = original.replace("10.0.0.2", "10.0.0.3");

    assertThat(send("PUT", CONFIG, Map.of("Content-Type", TOML), next).status()).isEqualTo(428);
    assertThat(putConfig(next, "\"other\"").status()).isEqualTo(412);
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");

    String tag = shown.headers().get("etag");
    RawClient.Response put = putConfig(next, tag);
    assertThat(put.body()).contains("\"outcome\":\"applied\"", "\"name\":\"10.0.0.3:8080\"");
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.3:8080");
    assertThat(get(CONFIG).body()).isEqualTo(next);
    assertThat(file).hasContent(original);
    assertThat(putConfig(original, tag).status()).isEqualTo(412);
  }

  @Test
  void aRefusedConfigIsToldWithAllProblemsAndChangesNothing() throws IOException {
    RawClient.Response refused = putConfig(original.replace("listen", "lisen"), "*");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains(file + ":11: ", "did you mean: listen");
    assertThat(get(CONFIG).body()).isEqualTo(original);
    RawClient.Response diff =
        send("POST", CONFIG + "/diff?file=next.toml", Map.of("Content-Type", TOML), "[");
    assertThat(diff.body()).contains("\"next.toml:1: ", "1 problem in next.toml");
  }

  @Test
  void aServiceIsAddedReplacedAndRemoved() throws IOException {
    RawClient.Response added = json("PUT", SERVICES + "/api", API);
    assertThat(added.status()).as(added.body()).isEqualTo(201);
    assertThat(added.headers()).containsEntry("location", SERVICES + "/api");
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.5:80");
    assertThat(get(CONFIG).body()).startsWith(original);
    assertThat(get(SERVICES + "/api").body())
        .isEqualTo("{\"name\":\"api\"," + API.substring(1) + "\n");

    RawClient.Response replaced = json("PUT", SERVICES + "/api", API.replace(".5:", ".6:"));
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(backends()).contains("10.0.0.6:80").doesNotContain("10.0.0.5:80");

    assertThat(json("DELETE", SERVICES + "/api", "").status()).isEqualTo(200);
    assertThat(get(CONFIG).body()).isEqualTo(original);
    expectProblem(get(SERVICES + "/api"), 404, "no service \"api\"");
    expectProblem(
        json("DELETE", SERVICES + "/wep", ""), 404, "no service \"wep\"; did you mean: web");
  }

  @Test
  void aServiceIsAddedOnlyOnce() throws IOException {
    String named = "{\"name\":\"api\"," + API.substring(1);
    RawClient.Response added = json("POST", SERVICES, named);
    assertThat(added.status()).as(added.body()).isEqualTo(201);
    assertThat(added.headers()).containsEntry("location", SERVICES + "/api");
    expectProblem(json("POST", SERVICES, named), 409, "there is a service \"api\" already");
    expectProblem(json("POST", SERVICES, API), 400, "name: expected a string");
    expectProblem(
        json("PUT", WEB, named), 400, "name: the path says \"web\", the body something else");
    assertThat(get(SERVICES).body()).contains("\"name\":\"web\"", "\"name\":\"api\"");
  }

  @Test
  void aServiceThatIsWrongIsToldWithItsLine() throws IOException {
    RawClient.Response refused = json("PUT", SERVICES + "/api", API.replace("weight", "wieght"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body())
        .contains("service \\\"api\\\" > target[1] > wieght: unknown key", "did you mean: weight");
    expectProblem(
        json("PUT", SERVICES + "/api", API.replace(":81", ":81\\n[admin]")),
        400,
        "a text holds a control character");
    assertThat(get(CONFIG).body()).isEqualTo(original);
  }

  @Test
  void aLostUpdateIsRefused() throws IOException {
    String tag = get(WEB).headers().get("etag");
    assertThat(json("PUT", WEB, API).status()).isEqualTo(200);
    Map<String, String> headers = Map.of("Content-Type", JSON, "If-Match", tag);
    assertThat(send("PUT", WEB, headers, API).status()).isEqualTo(412);
    assertThat(send("DELETE", WEB, Map.of("If-Match", tag), "").status()).isEqualTo(412);
    Map<String, String> now = Map.of("If-Match", get(WEB).headers().get("etag"));
    assertThat(send("DELETE", WEB, now, "").status()).isEqualTo(200);
    assertThat(backends()).isEmpty();
  }

  @Test
  void sourceRoutesAreAddedReplacedAndRemoved() throws IOException {
    String route = "{\"source\":\"192.168.0.0/16\",\"target\":[{\"address\":\"10.0.1.1:80\"}]}";
    String path = ROUTES + "/192.168.0.0%2F16";
    RawClient.Response added = json("POST", ROUTES, route);
    assertThat(added.status()).as(added.body()).isEqualTo(201);
    assertThat(added.headers()).containsEntry("location", path);
    assertThat(get(ROUTES).body()).isEqualTo("{\"source_routes\":[" + route + "]}\n");
    assertThat(get(path).body()).isEqualTo(route + "\n");
    expectProblem(json("POST", ROUTES, route), 409, "there is a route for 192.168.0.0/16 already");

    assertThat(json("PUT", path, route.replace(".1.1", ".1.2")).status()).isEqualTo(200);
    assertThat(backends()).contains("10.0.1.2:80").doesNotContain("10.0.1.1:80");
    assertThat(json("PUT", ROUTES + "/10.0.0.0%2F8", "{}").status()).isEqualTo(422);

    assertThat(json("DELETE", path, "").status()).isEqualTo(200);
    assertThat(get(ROUTES).body()).isEqualTo("{\"source_routes\":[]}\n");
    expectProblem(
        json("DELETE", path, ""), 404, "no source route of service \"web\": \"192.168.0.0/16\"");
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
  }

  @Test
  void changesAreListedUntilTheyAreSaved() throws IOException {
    assertThat(get(CONFIG + "/changes").body())
        .isEqualTo(
            "{\"file\":\"%s\",\"saved\":true,\"problems\":[],\"services\":[],\"plugins\":[],\"tables\":[],\"overrides\":[]}\n"
                .formatted(file));
    json("PUT", SERVICES + "/api", API);
    json("PUT", "/api/v1/services/web/backends/10.0.0.1:8080/weight", "{\"weight\":7}");

    assertThat(get(CONFIG + "/changes").body())
        .contains("\"saved\":false", "\"name\":\"api\",\"kind\":\"added\"")
        .contains("\"backend\":\"10.0.0.1:8080\"", "\"weight_override\":7");

    RawClient.Response saved = json("POST", CONFIG + "/save", "");
    assertThat(saved.status()).as(saved.body()).isEqualTo(200);
    assertThat(file).hasContent(get(CONFIG).body());
    assertThat(get(CONFIG + "/changes").body()).contains("\"saved\":true", "\"services\":[]");
  }

  @Test
  void anEditOfTheFileThatWasNeverInForceIsNotLostByASave() throws IOException {
    json("PUT", SERVICES + "/api", API);
    Files.writeString(file, original + "# of somebody else\n");
    expectProblem(
        json("POST", CONFIG + "/save", ""),
        409,
        file + " was changed and is not in force: reload it, or overwrite it");
    assertThat(file).hasContent(original + "# of somebody else\n");

    Files.writeString(file, "broken");
    assertThat(json("POST", "/api/v1/reload", "").status()).isEqualTo(422);
    assertThat(json("POST", CONFIG + "/save", "").status()).isEqualTo(409);
    assertThat(get(CONFIG + "/changes").body()).contains("\"problems\":[\"" + file + ":1: ");
    assertThat(json("POST", CONFIG + "/save", "{\"overwrite\":true}").status()).isEqualTo(200);
    assertThat(file).hasContent(get(CONFIG).body());
  }

  @Test
  void theAlgorithmTellsHowTheTableIsDivided() throws IOException {
    assertThat(json("PUT", SERVICES + "/api", API).status()).isEqualTo(201);
    assertThat(get("/api/v1/services/api/algorithm").body())
        .startsWith("{\"algorithm\":\"maglev\",\"hashed\":\"addresses-and-ports\",\"groups\":[")
        .contains("\"family\":\"ipv4\"", "\"share\":1")
        .doesNotContain("ipv6");
    assertThat(get("/api/v1/services/web/algorithm").body()).contains("\"share\":0.5");
  }
}
