package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LauncherTest {

  /** Labels of a case, over as many lines as they take. */
  private static final Pattern LABELS =
      Pattern.compile("^    ([a-z-]+(?:[ |\\\\\\n]+[a-z-]+)*)\\)$", Pattern.MULTILINE);

  @Test
  void theLauncherKnowsEachCommand() throws IOException {
    String script = Files.readString(Path.of("..", "lb"));
    Matcher labels = LABELS.matcher(script.substring(script.indexOf("\nmain() {")));
    List<String> known =
        labels
            .results()
            .flatMap(each -> List.of(each.group(1).split("[ |\\\\\\n]+")).stream())
            .toList();
    assertThat(known)
        .containsAll(
            LbCommand.commandLine().getSubcommands().keySet().stream()
                .filter(each -> !each.equals("help"))
                .toList());
  }
}
