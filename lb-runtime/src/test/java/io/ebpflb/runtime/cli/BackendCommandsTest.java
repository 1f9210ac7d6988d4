package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.admin.AdminFixture;
import io.ebpflb.runtime.service.DrainOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators type, what they read, and the exit code; the texts are golden files. */
class BackendCommandsTest {

  private static final String BACKEND = "10.0.0.1:8080";

  private final AdminFixture admin = new AdminFixture();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    admin.close();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--socket");
    all.add(admin.socket.toString());
    return CommandLineTool.run(
        new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = BackendCommandsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "services, services.txt",
    "services -o wide, services-wide.txt",
    "backends, backends.txt",
    "backends web -o wide, backends-wide.txt",
    "health web 10.0.0.1:8080, health.txt",
    "health web 10.0.0.9:8080, health-unchecked.txt",
    "plugin list, plugins.txt",
    "plugin list -o wide, plugins-wide.txt",
    "flows --service web, flows.txt",
    "flows -o wide, flows-wide.txt",
    "plugin operations dns, plugin-operations.txt",
    "plugin run dns dns-status, plugin-run.txt",
  })
  void listsAreAsInTheGoldenFiles(String command, String file) throws IOException {
    assertThat(run(command.split(" "))).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(resource(file));
    assertThat(err.toString()).isEmpty();
    if (!file.contains("wide")) {
      assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    }
  }

  @Test
  void jsonIsWhatTheApiSays() {
    assertThat(run("backends", "web", "-o", "json")).isZero();
    JsonObject document = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(document.getAsJsonArray("services")).hasSize(1);
  }

  @Test
  void aBackendIsDrainedTakenOutAndMadeReady() {
    assertThat(run("drain", "web", BACKEND, "--timeout", "30s")).isZero();
    assertThat(out.toString())
        .startsWith("web 10.0.0.1:8080: drain, completed, 0 flows left\n  weight 50, now 0\n");
    assertThat(run("maintenance", "web", BACKEND)).isZero();
    assertThat(out.toString()).startsWith("web 10.0.0.1:8080: maintenance,");
    assertThat(run("ready", "web", BACKEND)).isZero();
    assertThat(out.toString()).startsWith("web 10.0.0.1:8080: ready\n  weight 50, now 50\n");
  }

  @Test
  void waitingForADrainTellsHowItEnds() {
    assertThat(run("drain", "web", BACKEND, "--wait")).isEqualTo(ExitCode.OK);
    admin.operations.outcome = DrainOutcome.TIMED_OUT;
    assertThat(run("drain", "web", BACKEND, "--wait")).isEqualTo(ExitCode.TIMED_OUT);
    assertThat(out.toString()).contains("drain, timed out, 3 flows left");
    admin.operations.outcome = DrainOutcome.CANCELLED;
    assertThat(run("drain", "web", BACKEND, "--wait")).isEqualTo(ExitCode.CANCELLED);
  }

  @Test
  void flowsAreCut() {
    assertThat(run("flows", "--service", "web", "--backend", BACKEND, "--kill"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).isEqualTo("7 flows cut\n");
  }

  @Test
  void aWeightIsOverriddenAndReset() {
    assertThat(run("weight", "web", BACKEND, "7.5")).isZero();
    assertThat(out.toString()).contains("weight 7.5 in place of 50, now 7.5");
    assertThat(run("weight", "web", BACKEND, "--reset")).isZero();
    assertThat(out.toString()).contains("weight 50, now 50");
  }

  @Test
  void anOperationOfAPluginIsRunByItsWords() {
    assertThat(run("plugin", "run", "dns", "dns resolve", "attempts=2", "host=a=b")).isZero();
    assertThat(out.toString()).isEqualTo("asking for a=b, 2 times\n");
    assertThat(run("plugin", "run", "dns", "dns status", "-o", "json")).isZero();
    JsonObject row =
        JsonParser.parseString(out.toString())
            .getAsJsonObject()
            .getAsJsonArray("rows")
            .get(0)
            .getAsJsonObject();
    assertThat(row.get("answers").getAsInt()).isEqualTo(12);
    assertThat(row.get("good").getAsBoolean()).isTrue();
  }

  @Test
  void healthIsForced() {
    assertThat(run("health", "web", BACKEND, "--force", "down")).isZero();
    assertThat(out.toString()).contains("health down (forced), its checks say up (HTTP 200)");
    assertThat(run("backends")).isZero();
    assertThat(out.toString()).contains("down (forced)");
  }

  @Test
  void checksThatFailAreToldByTheExitCode() throws IOException {
    assertThat(run("check-now", "web", BACKEND)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("10.0.0.1:8080  up      passed");
    assertThat(run("check-now", "web")).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(out.toString()).isEqualTo(resource("check-now.txt"));
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(run("check-now", "web", "-o", "json")).isEqualTo(ExitCode.CHECK_FAILED);
    JsonObject document = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(document.getAsJsonArray("backends")).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drain wbe 10.0.0.1:8080|lb: there is no service \"wbe\"; did you mean: web",
        "backends wbe|lb: no service \"wbe\"; did you mean: web",
        "health web 10.0.0.1:80|lb: no backend of service \"web\": \"10.0.0.1:80\"; did you mean:"
            + " 10.0.0.1:8080, 10.0.0.9:8080",
        "health w/b? x|lb: no service \"w/b?\"",
        "drain web 10.0.0.1:8080 --timeout soon|lb: timeout: expected a duration such as \"30s\"",
        "weight web 10.0.0.1:8080 -1|lb: a weight is a number from 0 up",
        "weight web 10.0.0.1:8080 much|Invalid value for positional parameter at index 2 (WEIGHT):"
            + " 'much' is not a double",
        "weight web 10.0.0.1:8080 1 --reset|say either a WEIGHT or --reset",
        "weight web 10.0.0.1:8080|say either a WEIGHT or --reset",
        "flows --kill|say which: --service, --backend or both",
        "flows --kill --watch --service web|say either --kill or --watch",
        "flows --limit -1|lb: limit: expected a number up to 10000",
        "plugin operations dsn|lb: no plugin \"dsn\"; did you mean: dns",
        "plugin run dns dns-statu|lb: no operation of plugin \"dns\": \"dns-statu\"; did you mean:"
            + " dns-status",
        "plugin run dns dns-resolve|lb: attempts: is missing, must be a whole number",
        "plugin run dns dns-resolve attempts=few hots=a|lb: hots: unknown argument, expected one of:"
            + " host, attempts (did you mean: host); attempts: \"few\" is not a whole number",
        "plugin run dns dns-resolve attempts=1 host=gone.example|lb: no target has that host",
        "drain web|Missing required parameter: 'BACKEND'",
        "backends -o xml|Invalid value for option '--output': expected one of [TABLE,"
            + " WIDE, JSON] (case-insensitive) but was 'xml'",
      })
  void whatIsWrongIsSaidOnStandardError(String command, String message) {
    assertThat(run(command.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString().lines().findFirst()).contains(message);
    assertThat(out.toString()).isEmpty();
  }
}
