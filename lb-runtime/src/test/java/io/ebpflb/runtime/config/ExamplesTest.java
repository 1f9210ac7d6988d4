package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that people copy from must be good, and the full one must be complete. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Pattern SHOWN_DEFAULT = Pattern.compile("(?m)^# ([a-z-]+ = \\S+)$");

  @ParameterizedTest
  @ValueSource(strings = {"minimal.toml", "lb.toml"})
  void load(String name) throws Exception {
    assertThat(ConfigLoader.load(EXAMPLES.resolve(name), new FakeCatalog()).services())
        .isNotEmpty();
  }

  @Test
  void shownDefaultsAreTheDefaults() throws Exception {
    String text = Files.readString(EXAMPLES.resolve("lb.toml"));
    Matcher shown = SHOWN_DEFAULT.matcher(text);
    assertThat(shown.results()).hasSizeGreaterThan(10);
    assertThat(load("lb.toml", shown.replaceAll("$1"))).isEqualTo(load("lb.toml", text));
  }

  @Test
  void theFullExampleKnowsEachKey() throws Exception {
    String text = Files.readString(EXAMPLES.resolve("lb.toml"));
    Stream.of(
            InterfacesTable.class,
            DataPlaneTable.class,
            AdminTable.class,
            TokenTable.class,
            MetricsTable.class,
            ReloadTable.class,
            PluginsTable.class,
            ServiceTable.class,
            HealthCheckTable.class,
            TargetTable.class,
            SourceRouteTable.class)
        .map(Setting::of)
        .flatMap(List::stream)
        .forEach(setting -> assertThat(text).containsPattern("\\b" + setting.key() + " = "));
  }

  private static String load(String name, String text) throws ConfigException {
    return ConfigLoader.load(Path.of(name), new SourceText(name, text), new FakeCatalog())
        .toString()
        .replaceAll("Extension@[0-9a-f]+", "Extension");
  }
}
