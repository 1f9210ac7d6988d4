package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each broken config beside this test must give exactly the text that stands beside it. */
class ConfigErrorsTest {

  static Stream<Path> brokenConfigs() throws IOException, URISyntaxException {
    Path directory = Path.of(ConfigErrorsTest.class.getResource("/config").toURI());
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".toml")).sorted().toList();
      return found.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("brokenConfigs")
  void saysExactlyThis(Path file) throws Exception {
    String name = file.getFileName().toString();
    SourceText source = SourceText.decode(name, Files.readAllBytes(file));
    FakeCatalog catalog =
        name.startsWith("plugin-") ? FakeCatalog.withPlugins() : new FakeCatalog();

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(file, source, catalog));

    Path expected = file.resolveSibling(name.replace(".toml", ".expected"));
    assertThat(refused).as("%s must be refused", name).isNotNull();
    assertThat(refused.getMessage() + "\n").isEqualTo(Files.readString(expected));
  }

  @ParameterizedTest
  @MethodSource("brokenConfigs")
  void neverShowsASecretOrAControlCharacter(Path file) throws Exception {
    String name = file.getFileName().toString();
    String expected = Files.readString(file.resolveSibling(name.replace(".toml", ".expected")));
    assertThat(expected).doesNotContain("hunter").doesNotContain("42424242");
    assertThat(expected.chars().filter(c -> c < ' ' && c != '\n')).isEmpty();
  }

  @Test
  void coversManyMistakes() throws Exception {
    assertThat(brokenConfigs()).hasSizeGreaterThanOrEqualTo(40);
  }
}
