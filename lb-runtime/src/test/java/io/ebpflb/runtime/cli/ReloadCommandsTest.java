package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.admin.AdminFixture;
import io.ebpflb.runtime.admin.SampleReload;
import io.ebpflb.runtime.service.ForcedHealth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadCommandsTest {

  private static final String CHANGES =
      """
      ~ web: algorithm, health-check
        ~ 10.0.0.1:8080  weight 50 -> 20.5, 7 flows
        - 10.0.0.2:8080  weight 10, 1 flow
        + 10.0.0.3:8080  weight 1
          25.5 % of new flows go elsewhere
          100 % of new flows from 192.0.2.0/24 go elsewhere
          1 flow to drain
      - old
          12 flows to drain
      + new
      ~ plugin.dns: servers, timeout
      ~ admin: token
      """;

  private static final String PROBLEMS =
      """
      /etc/lb.toml:1: expected an equals sign
           1 | wrong
      /etc/lb.toml:1: dataplane: is missing
      2 problems in /etc/lb.toml; nothing was changed
      """;

  @TempDir private Path directory;

  private final AdminFixture admin = new AdminFixture();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    admin.close();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--socket", admin.socket.toString()));
    return CommandLineTool.run(
        new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private int diff(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("next.toml"), text);
    return run("diff", file.toString());
  }

  @Test
  void aReloadSaysWhatItChanged() {
    assertThat(run("reload")).isZero();
    assertThat(out.toString()).isEqualTo("applied, config 0123456789abcdef\n" + CHANGES);
  }

  @Test
  void aRefusedReloadSaysWhatACheckWould() {
    admin.reload.file = SampleReload.WRONG;
    assertThat(run("reload")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).isEqualTo(PROBLEMS);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void theStatusTellsOfTheLastTry() {
    assertThat(run("reload", "--status")).isZero();
    assertThat(out.toString()).isEqualTo("/etc/lb.toml, watched\n  in force: 0123456789abcdef\n");
    admin.reload.file = SampleReload.WRONG;
    run("reload");
    out.getBuffer().setLength(0);
    assertThat(run("reload", "--status")).isZero();
    assertThat(out.toString())
        .contains(
            "  last try: refused, 2026-11-23T11:00:00Z, by api, unix:"
                + System.getProperty("user.name")
                + "\n/etc/lb.toml:1: expected");
  }

  @Test
  void aReloadIsNotRepeated() {
    assertThat(run("reload", "--watch")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("--watch goes with --status");
  }

  @Test
  void theExitCodeOfADiffSaysWhetherAnythingWouldChange() throws IOException {
    assertThat(diff(SampleReload.IN_FORCE)).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).isEqualTo("nothing would change\n");
    out.getBuffer().setLength(0);
    assertThat(diff(SampleReload.NEXT)).isEqualTo(ExitCode.DIFFERENT);
    assertThat(out.toString()).isEqualTo(CHANGES);
    assertThat(diff(SampleReload.WRONG)).isEqualTo(ExitCode.USAGE);
    Path file = directory.resolve("next.toml");
    assertThat(err.toString()).isEqualTo(PROBLEMS.replace("/etc/lb.toml", file.toString()));
  }

  @Test
  void whatWasChangedAtRunTimeIsListedAndSaved() {
    admin.operations.setWeight("web", "10.0.0.1:8080", OptionalDouble.of(2.5));
    admin.operations.forceHealth("web", "10.0.0.9:8080", ForcedHealth.DOWN);
    assertThat(run("diff", "--running")).isEqualTo(ExitCode.DIFFERENT);
    String overrides =
        """
        set for backends, and kept over a restart:
        ~ web 10.0.0.1:8080  weight 2.5
        ~ web 10.0.0.9:8080  forced down
        """;
    assertThat(out.toString())
        .isEqualTo("in force, but not in /etc/lb.toml:\n" + CHANGES + overrides);

    out.getBuffer().setLength(0);
    assertThat(run("save")).isZero();
    assertThat(out.toString()).isEqualTo("/etc/lb.toml holds 0123456789abcdef\n");

    out.getBuffer().setLength(0);
    assertThat(run("diff", "--running")).isEqualTo(ExitCode.DIFFERENT);
    assertThat(out.toString()).isEqualTo(overrides);
    admin.operations.setWeight("web", "10.0.0.1:8080", OptionalDouble.empty());
    admin.operations.forceHealth("web", "10.0.0.9:8080", ForcedHealth.AUTO);
    out.getBuffer().setLength(0);
    assertThat(run("diff", "--running")).isZero();
    assertThat(out.toString()).isEqualTo("what runs is what /etc/lb.toml says\n");
    assertThat(run("diff")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void theConfigInForceIsShownAndChanged() throws IOException {
    assertThat(run("config", "get")).isZero();
    assertThat(out.toString()).isEqualTo(SampleReload.CONFIG);

    Path next = Files.writeString(directory.resolve("next.toml"), SampleReload.NEXT);
    out.getBuffer().setLength(0);
    assertThat(run("config", "put", next.toString())).isZero();
    assertThat(out.toString()).isEqualTo("applied, config 0123456789abcdef\n" + CHANGES);
    assertThat(admin.reload.applied).isEqualTo(SampleReload.NEXT);
    assertThat(run("config", "put", next.toString(), "--if-match", "\"x\""))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("it has changed since you read it");

    assertThat(run("config", "remove", "web")).isZero();
    assertThat(admin.reload.applied).doesNotContain("[[service]]");
  }

  @Test
  void aServiceIsShownAndSetAsJson() throws IOException {
    assertThat(run("config", "get", "web")).isZero();
    Path service = Files.writeString(directory.resolve("web.json"), out.toString());
    assertThat(run("config", "set", "web", service.toString())).isZero();
    assertThat(admin.reload.applied).contains("\n  address = \"10.0.0.1:8080\"\n");
    Files.writeString(service, "[]");
    assertThat(run("config", "set", "web", service.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).isEqualTo("lb: " + service + " is not a JSON object\n");
    assertThat(run("config")).isEqualTo(ExitCode.USAGE);
  }
}
