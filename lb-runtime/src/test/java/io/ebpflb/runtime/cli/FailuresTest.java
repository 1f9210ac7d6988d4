package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.plugin.ExtensionException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FailuresTest {
  private final StringWriter err = new StringWriter();

  @Test
  void configProblemsAreShownAsTheyAre() {
    Exception failure = new ConfigException("lb.toml:3: x: unknown key", List.of("one"));

    assertThat(handle(failure)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).isEqualTo("lb.toml:3: x: unknown key\n");
  }

  @Test
  void refusedSettingsAreAConfigProblem() {
    assertThat(handle(new ExtensionException("service \"web\": no"))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).isEqualTo("lb: service \"web\": no\n");
  }

  @Test
  void theEnvironmentIsOneLine() {
    DataPlaneException failure =
        new DataPlaneException(
            "load libbpf: not found; install libbpf1", new IllegalStateException("detail"));

    assertThat(handle(failure)).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).isEqualTo("lb: load libbpf: not found; install libbpf1\n");
  }

  @Test
  void aFileThatCannotBeReadIsTheEnvironment() {
    assertThat(handle(new AccessDeniedException("/plugins/x.jar"))).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).isEqualTo("lb: /plugins/x.jar: permission denied\n");
    err.getBuffer().setLength(0);
    assertThat(handle(new NoSuchFileException("x.jar"))).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).isEqualTo("lb: x.jar: there is no such file\n");
  }

  @Test
  void aBugShowsItsStackTrace() {
    assertThat(handle(new IllegalStateException("oops"))).isEqualTo(ExitCode.BUG);
    assertThat(err.toString()).contains("this is a bug", "IllegalStateException: oops", "\tat ");
  }

  private int handle(Exception failure) {
    CommandLine command = LbCommand.commandLine().setErr(new PrintWriter(err, true));
    return new Failures().handleExecutionException(failure, command, null);
  }
}
