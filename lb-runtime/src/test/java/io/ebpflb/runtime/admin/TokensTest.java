package io.ebpflb.runtime.admin;

import static io.ebpflb.runtime.admin.AdminServerTest.expectProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.MetricsSettings;
import io.ebpflb.runtime.config.Configuration.Token;
import io.ebpflb.runtime.config.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what over TCP, and what of it is written down. */
class TokensTest {

  private static final String BACKEND = "/api/v1/services/web/backends/10.0.0.1:8080";
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Limits LIMITS =
      new Limits(64, Duration.ofSeconds(10), Duration.ofSeconds(30), PAUSE, 32 << 20);

  @TempDir private Path directory;
  private Path auditLog;
  private AdminFixture admin;

  @BeforeEach
  void start() throws IOException {
    auditLog = directory.resolve("audit.log");
    List<Token> tokens =
        List.of(
            token("dashboard", Role.VIEWER),
            token("pager", Role.OPERATOR),
            token("deploy", Role.ADMIN));
    admin = new AdminFixture(LIMITS, settings -> with(settings, tokens));
  }

  @AfterEach
  void close() {
    admin.close();
  }

  private AdminSettings with(AdminSettings settings, List<Token> tokens) {
    return new AdminSettings(
        settings.listen(),
        settings.socket(),
        settings.state(),
        tokens,
        Optional.empty(),
        Optional.empty(),
        Optional.of(auditLog));
  }

  private Token token(String name, Role role) throws IOException {
    return new Token(name, role, Optional.of(file(name, value(name))), Optional.empty());
  }

  private static String value(String name) {
    return name + "-0123456789abcdef";
  }

  private Path file(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".token"), content + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
  }

  private RawClient.Response send(String request, String... headers) throws IOException {
    try (RawClient client = admin.tcp()) {
      StringBuilder text = new StringBuilder(request + " HTTP/1.1\r\nHost: localhost\r\n");
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      return client.send(text + "\r\n").response();
    }
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  private List<JsonObject> audited() throws IOException {
    List<JsonObject> lines = new ArrayList<>();
    for (String line : Files.readAllLines(auditLog)) {
      lines.add(JsonParser.parseString(line).getAsJsonObject());
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource({
    "dashboard, 200, 403, 403",
    "pager, 200, 200, 403",
    "deploy, 200, 200, 200",
    "nobody, 401, 401, 401",
  })
  void eachRoleMayWhatThoseBeforeItMay(String name, int read, int operate, int configure)
      throws IOException {
    String token = bearer(value(name));
    assertThat(send("GET /api/v1/status", token).status()).isEqualTo(read);
    assertThat(send("DELETE " + BACKEND + "/weight", token).status()).isEqualTo(operate);
    assertThat(send("POST /api/v1/reload", token).status()).isEqualTo(configure);
  }

  @Test
  void withoutATokenOnlyReadingIsFree() throws IOException {
    assertThat(send("GET /api/v1/status").status()).isEqualTo(200);
    RawClient.Response refused = send("DELETE " + BACKEND + "/weight");
    expectProblem(refused, 401, "changes need a token on TCP, or the unix socket");
    assertThat(refused.headers()).containsEntry("www-authenticate", "Bearer");
    expectProblem(
        send("DELETE " + BACKEND + "/weight", bearer(value("dashboard"))),
        403,
        "this needs the role operator; the token dashboard has viewer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer deploy-0123456789abcde",
        "Bearer deploy-0123456789abcdefg",
        "Bearer Deploy-0123456789abcdef",
        "Bearer deploy-0123456789abcdef x",
        "Basic deploy-0123456789abcdef",
        "deploy-0123456789abcdef",
      })
  void whatIsNoTokenIsRefusedAfterAPause(String authorization) throws IOException {
    long began = System.nanoTime();
    RawClient.Response refused = send("GET /live", "Authorization: " + authorization);
    expectProblem(refused, 401, "the token is not known here");
    assertThat(refused.headers())
        .containsEntry("www-authenticate", "Bearer error=\"invalid_token\"")
        .containsEntry("connection", "close");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(PAUSE);
  }

  @Test
  void twoTokensAreNone() throws IOException {
    String token = bearer(value("deploy"));
    assertThat(send("GET /live", token, token).status()).isEqualTo(401);
  }

  @Test
  void aTokenInAFileIsReplacedWithoutARestart() throws IOException {
    file("deploy", "another-0123456789abcdef");
    assertThat(send("POST /api/v1/reload", bearer(value("deploy"))).status()).isEqualTo(401);
    assertThat(send("POST /api/v1/reload", bearer("another-0123456789abcdef")).status())
        .isEqualTo(200);
    Files.delete(directory.resolve("deploy.token"));
    assertThat(send("POST /api/v1/reload", bearer("another-0123456789abcdef")).status())
        .isEqualTo(401);
  }

  @Test
  void tokensRolesAndAuditLogChangeWhileConnectionsAreOpen() throws IOException {
    Path other = directory.resolve("other.log");
    List<Token> tokens = List.of(token("deploy", Role.VIEWER), token("night", Role.OPERATOR));
    AdminSettings before = with(admin.settings, List.of(token("deploy", Role.ADMIN)));
    try (RawClient open = admin.tcp()) {
      String reload = "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n";
      String request = reload + bearer(value("deploy")) + "\r\n\r\n";
      assertThat(open.send(request).response().status()).isEqualTo(200);

      Runnable change =
          admin.server.prepare(
              new AdminSettings(
                  before.listen(),
                  before.socket(),
                  before.state(),
                  tokens,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(other)),
              new MetricsSettings("/other-metrics"));
      assertThat(open.send(request).response().status()).isEqualTo(200);
      change.run();
      assertThat(open.send(request).response().status()).isEqualTo(403);
    }
    assertThat(send("DELETE " + BACKEND + "/weight", bearer(value("night"))).status())
        .isEqualTo(200);
    assertThat(send("GET /other-metrics").status()).isEqualTo(200);
    assertThat(send("GET /metrics").status()).isEqualTo(404);
    assertThat(audited()).hasSize(2);
    assertThat(Files.readString(other)).contains("\"night\"");
  }

  @Test
  void aTokenThatIsNotToBeHadChangesNothing() throws IOException {
    Token absent =
        new Token("absent", Role.ADMIN, Optional.of(directory.resolve("absent")), Optional.empty());
    AdminSettings next = with(admin.settings, List.of(absent));
    MetricsSettings metrics = new MetricsSettings("/metrics");
    assertThatThrownBy(() -> admin.server.prepare(next, metrics))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("read the admin token \"absent\"");
    assertThat(send("POST /api/v1/reload", bearer(value("deploy"))).status()).isEqualTo(200);
  }

  @Test
  void whatIsNoTokenIsNotStartedWith() throws IOException {
    file("short", "hunter-hunter");
    refuse("short", "a token is one word of at least 20 ASCII characters");
    file("words", "hunter hunter hunter hunter");
    refuse("words", "a token is one word");
    Path open = file("open", "hunter-hunter-hunter-hunter");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    refuse("open", "everybody can read it; chmod o= takes that away");
    refuse("absent", directory.resolve("absent.token") + ": no such file");
    Token unset =
        new Token("unset", Role.VIEWER, Optional.empty(), Optional.of("LB_TEST_IS_NOT_SET"));
    assertThatThrownBy(() -> Tokens.read(List.of(unset)))
        .isInstanceOf(AdminException.class)
        .hasMessageStartingWith("read the admin token \"unset\" from LB_TEST_IS_NOT_SET: a token");
  }

  private void refuse(String name, String why) {
    Token token =
        new Token(
            name, Role.VIEWER, Optional.of(directory.resolve(name + ".token")), Optional.empty());
    assertThatThrownBy(() -> Tokens.read(List.of(token)))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("admin token \"" + name + "\"")
        .hasMessageContaining(why)
        .hasMessageNotContaining("hunter");
  }

  @Test
  void everyChangeIsWrittenDown() throws IOException {
    send("GET /api/v1/status", bearer(value("deploy")));
    send("POST /api/v1/reload", bearer(value("deploy")));
    admin.reload.file = SampleReload.WRONG;
    send("POST /api/v1/reload?x=y", bearer(value("deploy")));
    admin.request("PUT", BACKEND + "/weight", "{\"weight\":7}");
    String service = "{\"password\":\"hunter2\",\"target\":[]}";
    admin.request("PUT", "/api/v1/config/services/web", service);

    List<JsonObject> lines = audited();
    assertThat(lines).hasSize(4);
    JsonObject reload = lines.get(0);
    assertThat(reload.get("caller").getAsString()).isEqualTo("deploy");
    assertThat(reload.get("source").getAsString()).startsWith("127.0.0.1:");
    assertThat(reload.get("method").getAsString()).isEqualTo("POST");
    assertThat(reload.get("target").getAsString()).isEqualTo("/api/v1/reload");
    assertThat(reload.get("status").getAsInt()).isEqualTo(200);
    assertThat(reload.get("at").getAsString()).matches("20..-..-..T..:..:.*Z");
    assertThat(lines.get(1).get("target").getAsString()).isEqualTo("/api/v1/reload?x=y");
    assertThat(lines.get(1).get("error").getAsString()).contains("nothing was changed");
    JsonObject weight = lines.get(2);
    assertThat(weight.get("caller").getAsString())
        .isEqualTo("unix:" + System.getProperty("user.name"));
    assertThat(weight.get("source").getAsString()).isEqualTo("unix");
    assertThat(weight.get("body").getAsString()).isEqualTo("{\"weight\":7}");
    assertThat(Files.readString(auditLog)).doesNotContain("hunter2").doesNotContain("0123456789");
  }

  @Test
  void whoIsNotLetInIsWrittenDownOnceInASecond() throws IOException {
    for (int i = 0; i < 5; i++) {
      send("DELETE " + BACKEND + "/weight");
    }
    assertThat(audited()).hasSizeBetween(1, 4);
    JsonObject first = audited().get(0);
    assertThat(first.get("caller").getAsString()).isEqualTo("anonymous");
    assertThat(first.get("status").getAsInt()).isEqualTo(401);
  }

  @Test
  void theAuditLogMayBeMovedAway() throws IOException {
    admin.request("DELETE", BACKEND + "/weight", "");
    Files.move(auditLog, directory.resolve("audit.log.1"));
    admin.request("DELETE", BACKEND + "/weight", "");
    assertThat(audited()).hasSize(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(auditLog)))
        .doesNotEndWith("r--");
    Path nowhere = directory.resolve("nowhere").resolve("audit.log");
    assertThatThrownBy(() -> AuditLog.open(Optional.of(nowhere), java.time.Clock.systemUTC()))
        .isInstanceOf(AdminException.class)
        .hasMessageStartingWith("open the audit log " + nowhere);
  }
}
