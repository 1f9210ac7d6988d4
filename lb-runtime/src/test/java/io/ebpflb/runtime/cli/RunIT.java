package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code lb run} as a process in a network namespace of its own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunIT {
  private static final Duration START_MAX = Duration.ofSeconds(30);

  private final String namespace = "lb-run-" + ProcessHandle.current().pid();

  @TempDir private Path directory;

  @BeforeEach
  void makeNamespace() throws Exception {
    command("ip", "netns", "add", namespace);
    command(
        "ip", "-n", namespace, "link", "add", "lbrun0", "type", "veth", "peer", "name", "lbrun1");
    command("ip", "-n", namespace, "addr", "add", "203.0.113.10/24", "dev", "lbrun0");
    command("ip", "-n", namespace, "link", "set", "lbrun0", "up");
  }

  @AfterEach
  void removeNamespace() throws Exception {
    command("ip", "netns", "del", namespace);
  }

  @Test
  void aSignalEndsItInOrderAndItStartsAgain() throws Exception {
    for (String signal : List.of("TERM", "INT")) {
      Process balancer = run(List.of(), "lbrun0");
      awaitLine(balancer, "forwarding after");

      command("kill", "-" + signal, Long.toString(balancer.pid()));

      assertThat(balancer.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(log()).contains("lb: stopping", "lb: stopped");
      assertThat(balancer.exitValue()).isEqualTo(ExitCode.OK);
      assertThat(directory.resolve("lb.sock")).doesNotExist();
    }
  }

  @Test
  void aMissingInterfaceIsOneLineThatNamesIt() throws Exception {
    assertThat(exitCode(run(List.of(), "nosuch0"))).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(errorLine()).contains("nosuch0");
  }

  @Test
  void missingPrivilegesAreOneLine() throws Exception {
    List<String> dropping = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

    assertThat(exitCode(run(dropping, "lbrun0"))).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(errorLine()).contains("CAP_");
  }

  /** The one line that is not of the log. */
  private String errorLine() throws IOException {
    List<String> lines =
        log().lines().filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT.* INFO .*")).toList();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).startsWith("lb: ");
    return lines.get(0);
  }

  private Process run(List<String> wrapper, String device) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("lb.toml"),
            """
            [dataplane]
            interfaces = ["%s"]
            [admin]
            socket = "%s"
            [[service]]
            name = "web"
            listen = "203.0.113.10:80"
            protocol = "tcp"
              [[service.target]]
              address = "203.0.113.20:8080"
              weight = 1
            """
                .formatted(device, directory.resolve("lb.sock")));
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    // Who runs tests in the background may have told them to ignore it.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.addAll(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.ebpflb.runtime.Main",
            "run",
            "-c",
            config.toString(),
            "--plugins",
            directory.resolve("plugins").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private static int exitCode(Process process) throws InterruptedException {
    boolean ended = process.waitFor(START_MAX.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    assertThat(ended).as("ended by itself").isTrue();
    return process.exitValue();
  }

  private void awaitLine(Process process, String text) throws Exception {
    long deadlineNanos = System.nanoTime() + START_MAX.toNanos();
    while (!log().contains(text)) {
      if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
        process.destroyForcibly();
        throw new AssertionError("no \"" + text + "\" in:\n" + log());
      }
      Thread.sleep(20);
    }
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  private static void command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(String.join(" ", words) + ": " + output).isZero();
  }
}
