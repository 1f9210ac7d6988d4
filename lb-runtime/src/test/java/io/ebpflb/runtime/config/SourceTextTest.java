package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTextTest {
  @TempDir Path directory;

  @Test
  void missingFile() {
    refuses(directory.resolve("none.toml"), "none.toml: no such file; nothing was changed");
  }

  @Test
  void directory() {
    refuses(directory, ": is a directory, not a config file; nothing was changed");
  }

  @Test
  void emptyFile() throws IOException {
    refuses(file(""), "lb.toml: is empty; nothing was changed");
  }

  @Test
  void nothingButComments() throws IOException {
    refuses(file("# nothing\n\n"), "lb.toml: holds no settings; nothing was changed");
  }

  @Test
  void byteOrderMark() throws IOException {
    refuses(
        file("\ufeff[dataplane]\n"),
        "lb.toml:1: starts with a byte order mark, save it as UTF-8 without one (\"no BOM\");"
            + " nothing was changed");
  }

  @Test
  void notUtf8() throws IOException {
    Path file = directory.resolve("lb.toml");
    Files.write(file, "# fine\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    refuses(file, "lb.toml:2: is not UTF-8 text (byte 0xE9); nothing was changed");
  }

  @Test
  void cutInsideACharacter() throws IOException {
    Path file = directory.resolve("lb.toml");
    Files.write(file, new byte[] {'a', '\n', (byte) 0xc3});
    refuses(file, "lb.toml:2: is not UTF-8 text (byte 0xC3); nothing was changed");
  }

  @Test
  void linesAreCountedFromOneWithEitherLineEnd() {
    SourceText source = new SourceText("x", "a\r\nb\n\nc");
    assertThat(source.text()).isEqualTo("a\nb\n\nc");
    assertThat(source.line(0)).isEqualTo(1);
    assertThat(source.line(2)).isEqualTo(2);
    assertThat(source.line(5)).isEqualTo(4);
    assertThat(source.text().substring(source.lineStart(2), source.lineEnd(2))).isEqualTo("b");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("lb.toml"), text);
  }

  private static void refuses(Path file, String message) {
    assertThatThrownBy(() -> ConfigLoader.load(file, new FakeCatalog()))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
        .satisfies(e -> assertThat(((ConfigException) e).problems()).hasSize(1));
  }
}
