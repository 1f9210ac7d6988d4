package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenConfigTest {

  private static final Path FILE = Path.of("lb.toml");

  private static final String HEAD =
      """
      # of the file
      [dataplane]
      interfaces = ["eth0"]  # one

      """;

  private static final String WEB =
      """
      # the shop
      [[service]]
      name = "web"
      listen = "203.0.113.10:80"

        [[service.target]]
        address = "10.0.0.1:8080"
        # [[service.target]]
        # address = "10.0.0.2:8080"
      """;

  private static final String API =
      """

      # the API
      [[service]]
        name = "api" # its name
        listen = "203.0.113.10:81"
        health-check = { type = "http", path = "/health", password = "hunter2" }
        # password = "hunter3", until it was hunter2
        target = [ { address = "10.0.0.3:8080" } ]
      """;

  private static final String TAIL =
      """

      # of metrics
      [metrics]
      path = "/metrics"
      """;

  private static final Map<String, Object> NEW =
      Map.of(
          "listen",
          "203.0.113.10:82",
          "target",
          List.of(Map.of("address", "10.0.0.9:8080", "weight", 2.5)));

  private static WrittenConfig written(String text) throws ConfigException {
    return ConfigLoader.written(ConfigText.of(FILE, text), new FakeCatalog());
  }

  private static Map<String, Object> named(String name, Map<String, Object> rest) {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("name", name);
    service.putAll(rest);
    return service;
  }

  private static Configuration load(String text) throws ConfigException {
    return ConfigLoader.load(ConfigText.of(FILE, text), new FakeCatalog());
  }

  @Test
  void secretsAreHiddenAndAllElseIsShown() throws ConfigException {
    String text = HEAD + WEB + API + TAIL;

    assertThat(written(text).shown())
        .isEqualTo(
            text.replace("\"hunter2\"", "\"***\"")
                .replace("# password = \"hunter3\", until it was hunter2", "# password = ***"));
    assertThat(written(text).service("api").orElseThrow().toString())
        .contains("password=***")
        .doesNotContain("hunter");
    assertThat(written(HEAD + WEB).shown()).isEqualTo(HEAD + WEB);
  }

  @Test
  void secretsOfDefaultsThatNothingUsesAreHidden() throws ConfigException {
    String defaults = "[defaults.health-check]\ninterval = \"1s\"\npassword = \"hunter2\"\n";
    assertThat(written(HEAD + WEB + defaults).shown())
        .isEqualTo(HEAD + WEB + defaults.replace("hunter2", "***"));
  }

  @Test
  void whatWasHiddenCannotBePutInForce() throws ConfigException {
    String shown = written(HEAD + API).shown();
    assertThat(refusal(shown))
        .contains(
            "lb.toml:10: service \"api\" > health-check > password: stands for a secret",
            "expected: the secret itself");
  }

  private static String refusal(String text) {
    try {
      load(text);
      return "";
    } catch (ConfigException refused) {
      return refused.getMessage();
    }
  }

  @Test
  void aServiceIsAddedBehindTheOthers() throws ConfigException {
    String text = written(HEAD + WEB).withService("new", named("new", NEW));

    assertThat(text)
        .isEqualTo(
            HEAD
                + WEB
                + """

                [[service]]
                name = "new"
                listen = "203.0.113.10:82"

                  [[service.target]]
                """
                + text.substring(
                    text.length() - "  address = \"10.0.0.9:8080\"\n  weight = 2.5\n".length()));
    assertThat(load(text).services()).extracting("name").containsExactly("web", "new");
  }

  @Test
  void aReplacedServiceLeavesEveryOtherByte() throws ConfigException {
    String text = written(HEAD + WEB + API + TAIL).withService("web", named("web", NEW));

    assertThat(text).startsWith(HEAD + "# the shop\n[[service]]\nname = \"web\"\n");
    assertThat(text)
        .endsWith("  # [[service.target]]\n  # address = \"10.0.0.2:8080\"\n" + API + TAIL);
    assertThat(load(text).services().get(0).port()).isEqualTo(82);
  }

  @Test
  void aRemovedServiceTakesItsCommentAlong() throws ConfigException {
    assertThat(written(HEAD + WEB + API + TAIL).withoutService("api"))
        .isEqualTo(HEAD + WEB + "\n" + TAIL.substring(1));
    assertThat(written(HEAD + WEB + API).withoutService("api")).isEqualTo(HEAD + WEB);
    assertThat(written(HEAD + API).withoutService("nothing")).isEqualTo(HEAD + API);
  }

  @Test
  void partsOfAServiceBehindOtherTablesAreFound() throws ConfigException {
    String target = "[[service.target]]\naddress = \"10.0.0.8:8080\"\n";
    assertThat(written(HEAD + WEB + TAIL + target).withoutService("web"))
        .isEqualTo(HEAD + "  # [[service.target]]\n  # address = \"10.0.0.2:8080\"\n" + TAIL);
  }

  @Test
  void lineEndsStayAsTheyAre() throws ConfigException {
    String text = (HEAD + WEB + API + TAIL).replace("\n", "\r\n");
    String added = written(text).withService("new", named("new", NEW));

    assertThat(added).startsWith(text).contains("\r\nname = \"new\"\r\n");
    assertThat(added.replace("\r\n", "")).doesNotContain("\n");
    assertThat(written(text).withoutService("api"))
        .isEqualTo((HEAD + WEB + "\n" + TAIL.substring(1)).replace("\n", "\r\n"));
  }

  @Test
  void sourceRoutesKeepTheSecretsOfTheirService() throws ConfigException {
    Map<String, Object> route =
        Map.of("source", "192.168.0.0/16", "target", List.of(Map.of("address", "10.0.1.1:80")));
    String text =
        written(HEAD + API)
            .withSourceRoutes(
                "api",
                routes -> {
                  routes.add(route);
                  return routes;
                });
    assertThat(text).contains("hunter2");
    assertThat(load(text).services().get(0).routes()).hasSize(1);
    assertThat(WrittenConfig.sourceRoutes(written(text).service("api").orElseThrow()))
        .containsExactly(route);
    String without = written(text).withSourceRoutes("api", routes -> List.of());
    assertThat(without).doesNotContain("source-route");
    assertThat(meaning(without)).isEqualTo(meaning(HEAD + API));
  }

  @Test
  void whatIsWrittenMeansTheSame() throws Exception {
    String text = Files.readString(Path.of("..", "examples", "lb.toml"));
    WrittenConfig config = written(text);
    for (Map<String, Object> service : config.services()) {
      String name = (String) service.get("name");
      assertThat(meaning(config.withService(name, service))).isEqualTo(meaning(text));
      List<Map<String, Object>> others = new ArrayList<>(config.services());
      others.remove(service);
      assertThat(written(config.withoutService(name)).services()).isEqualTo(others);
    }
  }

  private static String meaning(String text) throws ConfigException {
    return load(text).toString().replaceAll("Extension@[0-9a-f]+", "Extension");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "it's", "say \"hello\"", "c:\\dir", "# no comment", "é 🙂", "{ [", "'''"})
  void anyVisibleTextComesBack(String path) throws ConfigException {
    Map<String, Object> service =
        named("new", Map.of("x-y", List.of(path), "sub", Map.of("deep", Map.of("key", path))));
    String block = TomlWriter.element("service", service);
    Problems problems = new Problems(new SourceText("x", block), new SecretMask(Set.of()));
    TomlDocument document = TomlScanner.scan(problems);
    new Toml4jReader(problems, Set.of()).read(document);
    problems.throwIfAny();
    TomlArray services = (TomlArray) document.root().find("service").orElseThrow().value();
    assertThat(TomlTree.of((TomlTable) services.elements().get(0), node -> false))
        .isEqualTo(service);
  }

  @Test
  void whatWouldBreakOutOfItsPlaceIsNotWritten() throws ConfigException {
    WrittenConfig config = written(HEAD + WEB);
    for (Object value :
        List.of(
            "a\n[admin]",
            "a\rb",
            "\u0000",
            "\\'",
            new java.math.BigDecimal("1e999999999"),
            List.of(1, Map.of()))) {
      assertThatIllegalArgumentException()
          .as("%s", value)
          .isThrownBy(() -> config.withService("x", named("x", Map.of("listen", value))));
    }
    for (String key : List.of("", "a b", "a]\n[admin", "a.b", "é")) {
      assertThatIllegalArgumentException()
          .as(key)
          .isThrownBy(() -> config.withService("x", Map.of(key, 1)));
    }
  }
}
