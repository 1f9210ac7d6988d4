package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineToolTest {
  private static final String GOOD =
      """
      [dataplane]
      interfaces = ["eth0"]
      [[service]]
      name = "web"
      listen = "203.0.113.10:80"
      protocol = "tcp"
        [[service.target]]
        address = "10.0.0.1:8080"
        weight = 1
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @Test
  void versionSaysWhatRuns() {
    assertThat(run("version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).matches("ebpf-lb \\d+\\.\\d+\\.\\d+\\S* \\(Java .*, Linux .*\\)\\R");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpListsEachCommandAndExplainsOne() {
    assertThat(run("help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("check ", "version ", "help ");

    assertThat(run("help", "check")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("Usage: lb check");
    assertThat(run("check", "--help")).isEqualTo(ExitCode.OK);
  }

  @Test
  void aWrongCommandLineIsUsage() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("a command is missing").contains("Usage: lb");
    assertThat(run("chekc")).isEqualTo(ExitCode.USAGE);
    assertThat(run("check")).isEqualTo(ExitCode.USAGE);
    assertThat(run("help", "chekc")).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void checkOfAGoodFileSaysWhatWouldRun() throws IOException {
    assertThat(run("check", file(GOOD), "--plugins", directory.toString())).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("is good", "web", "10.0.0.1:8080");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void checkOfABadFilePrintsAllProblemsToStandardError() throws IOException {
    String bad =
        GOOD.replace("weight", "wieght").replace("protocol = \"tcp\"", "protocol = \"sctp\"");

    assertThat(run("check", file(bad))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("lb.toml:6: service \"web\" > protocol")
        .contains("lb.toml:9:")
        .contains("2 problems in");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(run("check", directory.resolve("none.toml").toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("none.toml: no such file");
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("lb.toml"), text).toString();
  }

  private int run(String... args) {
    return CommandLineTool.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }
}
