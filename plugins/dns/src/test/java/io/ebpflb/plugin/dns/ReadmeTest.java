package io.ebpflb.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.SettingsMarkdown;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README has the tables that {@code lb plugin docs} prints. */
class ReadmeTest {

  @Test
  void documentsEachSettingAsItIs() {
    assertThat(Path.of("README.md"))
        .content()
        .contains(
            SettingsMarkdown.table(TargetSettings.class),
            SettingsMarkdown.table(ServerSettings.class));
  }
}
