package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands as an operator's scripts run them: by the launcher, as processes, not on a terminal. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LauncherIT extends WithOperatedBalancer {
  private static final int COLUMNS = 80;
  private static final int INTERRUPTED = 130;
  private static final Path LAUNCHER = Path.of("..", "lb");

  private record Result(int exitCode, String out, String err) {}

  private Process begin(String... arguments) throws IOException {
    // Tests in the background of a script would have it ignored, which programs inherit.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(LAUNCHER.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile()).start();
  }

  /** Without the log, and a remark of the launcher about the age of what it runs. */
  private String errors() throws IOException {
    return Files.readString(directory.resolve("err"))
        .lines()
        .filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT.* INFO .*"))
        .filter(line -> !line.startsWith("lb: the sources have changed"))
        .collect(Collectors.joining("\n"));
  }

  private Result run(String... arguments) throws Exception {
    Process process = begin(arguments);
    try (BufferedReader out = process.inputReader()) {
      String text = out.lines().map(line -> line + "\n").collect(Collectors.joining());
      return new Result(process.waitFor(), text, errors());
    } finally {
      process.destroy();
    }
  }

  private Result lb(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--socket", balancer.socketFile().toString()));
    return run(all.toArray(String[]::new));
  }

  private static void assertReads(Result result) {
    assertThat(result.exitCode()).as(result.toString()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isNotEmpty().doesNotContain("\033");
    assertThat(result.out().lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void eachCommandAnswersOnItsOutput() throws Exception {
    String one = balancer.backend(1);
    String two = balancer.backend(2);
    balancer.connect();
    assertReads(lb("status"));
    assertReads(lb("services"));
    assertReads(lb("backends", "web"));
    assertReads(lb("flows"));
    assertReads(lb("health", "web", one));
    assertReads(lb("weight", "web", one, "2"));
    assertReads(lb("maintenance", "web", two));
    Result drained = lb("drain", "web", two, "--timeout", "20s", "--wait");
    assertThat(drained.exitCode()).isZero();
    assertThat(drained.out()).contains("completed");
    // How far it is, for who waits; a script reads the result.
    assertThat(drained.err()).contains("0 flows left");
    assertReads(lb("ready", "web", two));
    Result document = lb("backends", "web", "-o", "json");
    assertThat(document.exitCode()).isZero();
    assertThat(document.err()).isEmpty();
    assertThat(JsonParser.parseString(document.out()).getAsJsonObject().toString())
        .contains(one, two);
  }

  @Test
  void theConfigIsChangedAndKept() throws Exception {
    Path next = Files.writeString(directory.resolve("next.toml"), balancer.config(5));
    Result different = lb("diff", next.toString());
    assertThat(different.exitCode()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(different.out()).contains("web", balancer.backend(1), "1 -> 5");
    assertThat(different.err()).isEmpty();
    assertReads(run("check", next.toString()));
    Files.writeString(balancer.configFile(), balancer.config(5));
    assertReads(lb("reload"));
    assertReads(lb("save"));
    assertThat(balancer.configFile()).hasContent(balancer.config(5));
  }

  @Test
  void whatGoesWrongIsSaidOnStandardErrorWithARemedy() throws Exception {
    Path broken =
        Files.writeString(
            directory.resolve("broken.toml"), balancer.config(1).replace("\"tcp\"", "\"tpc\""));
    assertRefused(lb("backends", "wbe"), ExitCode.USAGE, "did you mean: web");
    assertRefused(lb("drain", "web", balancer.backend(1) + "1"), ExitCode.USAGE, "did you mean: ");
    assertRefused(lb("status", "--outptu", "json"), ExitCode.USAGE, "--output");
    assertRefused(run("check", broken.toString()), ExitCode.USAGE, "broken.toml:");
    assertRefused(
        run("status", "--socket", directory.resolve("none.sock").toString()),
        ExitCode.ENVIRONMENT,
        "none.sock");
  }

  private static void assertRefused(Result result, int exitCode, String remedy) {
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(remedy).doesNotContain("Exception", "\033");
  }

  @Test
  void watchingGoesOnUntilItIsInterrupted() throws Exception {
    Process watching =
        begin("status", "--watch", "-o", "json", "--socket", balancer.socketFile().toString());
    try (BufferedReader out = watching.inputReader()) {
      for (int look = 0; look < 3; look++) {
        assertThat(JsonParser.parseString(out.readLine()).getAsJsonObject().has("services"))
            .isTrue();
      }
      assertThat(
              new ProcessBuilder("kill", "-INT", Long.toString(watching.pid())).start().waitFor())
          .isZero();
      assertThat(watching.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(watching.exitValue()).isEqualTo(INTERRUPTED);
      assertThat(errors()).isEmpty();
    } finally {
      watching.destroy();
    }
  }
}
