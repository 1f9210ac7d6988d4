package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An operator's day: each command against a balancer that forwards, with a client's connection. */
class OperatingIT extends WithOperatedBalancer {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private String backend(int number) {
    return balancer.backend(number);
  }

  private int lb(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--socket", balancer.socketFile().toString()));
    return CommandLineTool.run(
        new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private void succeeds(String... arguments) {
    assertThat(lb(arguments)).as("%s: %s%s", String.join(" ", arguments), out, err).isZero();
  }

  private JsonObject json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    succeeds(all.toArray(String[]::new));
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  /** The backend of the only flow; empty if there is none. */
  private String flowsBackend() {
    JsonArray flows = json("flows", "--service", "web").getAsJsonArray("flows");
    return flows.isEmpty() ? "" : flows.get(0).getAsJsonObject().get("backend").getAsString();
  }

  @Test
  void looksAtWhatRuns() throws Exception {
    succeeds("check-now", "web");
    assertThat(out.toString()).contains(backend(1), backend(2), "passed");
    succeeds("status");
    assertThat(out.toString()).contains("web", backend(1)).doesNotContain("\033[");
    assertThat(json("services").getAsJsonArray("services")).hasSize(1);
    succeeds("backends", "web", "-o", "wide");
    assertThat(out.toString()).contains("connected");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("check  tcp every 200ms");
    succeeds("plugin", "list");
    balancer.connect();
    assertThat(flowsBackend()).isIn(backend(1), backend(2));
    assertThat(lb("backends", "wbe")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("did you mean: web");
  }

  @Test
  void takesBackendsOutAndBringsThemBack() throws Exception {
    balancer.connect();
    String busy = flowsBackend();
    String idle = busy.equals(backend(1)) ? backend(2) : backend(1);

    assertThat(lb("drain", "web", busy, "--timeout", "1s", "--wait")).isEqualTo(ExitCode.TIMED_OUT);
    assertThat(out.toString()).contains("drain, timed out, 1 flow left");
    assertThat(flowsBackend()).isEqualTo(busy);
    succeeds("ready", "web", busy);
    succeeds("drain", "web", idle, "--wait");
    assertThat(out.toString()).contains("drain, completed, 0 flows left");
    succeeds("ready", "web", idle);

    succeeds("maintenance", "web", busy);
    assertThat(flowsBackend()).isEmpty();
    succeeds("ready", "web", busy);
    succeeds("health", "web", busy, "--force", "down");
    balancer.connect();
    assertThat(flowsBackend()).isEqualTo(idle);
    succeeds("health", "web", busy, "--force", "auto");

    succeeds("weight", "web", busy, "0");
    assertThat(out.toString()).contains("weight 0 in place of 1, now 0");
    succeeds("weight", "web", busy, "--reset");
  }

  @Test
  void changesTheConfig() throws IOException {
    Path file = balancer.configFile();
    Path next = Files.writeString(directory.resolve("next.toml"), balancer.config(5));
    assertThat(lb("diff", next.toString())).isEqualTo(ExitCode.DIFFERENT);
    assertThat(out.toString()).contains("web");
    Files.writeString(file, balancer.config(5));
    succeeds("reload");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("weight 5, now 5");
    assertThat(lb("diff", next.toString())).isZero();

    Files.writeString(file, balancer.config(5).replace("tcp", "tpc"));
    assertThat(lb("reload")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no plugin provides \"tpc\"", "did you mean: tcp");
    succeeds("reload", "--status");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("weight 5, now 5");
  }

  @Test
  void aBalancerThatIsGoneIsSaidInOneLine() throws Exception {
    long beganNanos = System.nanoTime();
    balancer.stop();
    assertThat(lb("status")).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(System.nanoTime() - beganNanos).isLessThan(TimeUnit.SECONDS.toNanos(60));
  }
}
