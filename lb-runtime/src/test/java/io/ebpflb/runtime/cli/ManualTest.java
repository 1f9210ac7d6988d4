package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is made of the commands' own descriptions. */
class ManualTest {
  private static String printed(String command) {
    StringWriter out = new StringWriter();
    assertThat(CommandLineTool.run(new PrintWriter(out), new PrintWriter(out), command)).isZero();
    return out.toString();
  }

  @Test
  void theManualNamesEachCommandItsOptionsAndTheExitCodes() {
    String page = printed("man");
    assertNamed(page, "lb", LbCommand.commandLine());
    assertThat(page)
        .contains(
            ".SS \"lb drain SERVICE BACKEND\"\n", ".SS \"lb check\\-now SERVICE [BACKEND]\"\n")
        .contains(".TP\n\\&7\n\\&A health check that was asked for failed.\n");
    assertThat(page.lines())
        .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|br)\\b.*") || line.startsWith("\\&"));
    assertThat(page).doesNotContain("${").doesNotContain("@|");
  }

  private static void assertNamed(String page, String path, CommandLine parent) {
    parent
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(page).contains(".SS \"" + (path + " " + name).replace("-", "\\-"));
              command
                  .getCommandSpec()
                  .options()
                  .forEach(
                      option ->
                          assertThat(page).contains(option.longestName().replace("-", "\\-")));
              assertNamed(page, path + " " + name, command);
            });
  }

  @Test
  void bashCompletesCommandsAndOptions(@TempDir Path directory) throws Exception {
    Path script = Files.writeString(directory.resolve("lb.bash"), printed("completion"));
    assertThat(completed(script, "lb", "check")).contains("check", "check-now");
    assertThat(completed(script, "lb", "drain", "--ti")).containsExactly("--timeout");
  }

  private static List<String> completed(Path script, String... words) throws Exception {
    String program =
        """
        compopt() { :; } # only to be had while bash itself completes
        source %s
        COMP_WORDS=(%s)
        COMP_CWORD=%d
        COMP_LINE="${COMP_WORDS[*]}"
        _complete_lb
        printf '%%s\n' "${COMPREPLY[@]}"
        """
            .formatted(script, String.join(" ", words), words.length - 1);
    Process bash =
        new ProcessBuilder("bash", "--norc", "-c", program).redirectErrorStream(true).start();
    return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .toList();
  }
}
