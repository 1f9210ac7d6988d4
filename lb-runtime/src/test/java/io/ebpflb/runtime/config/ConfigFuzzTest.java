package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to a good file: it is refused in words, or each key that stands in it arrived.
 */
class ConfigFuzzTest {
  private static final Path FILE = Path.of("lb.toml");
  private static final Pattern STATEMENT_LINE =
      Pattern.compile("[ \\t]*([A-Za-z0-9_-]+[ \\t]*=.*|\\[\\[?[a-z. -]+\\]\\]?[ \\t]*(#.*)?)");
  private static final String RICH =
      """
      [dataplane]
      interfaces = [ # first
        "eth0", 'eth1' , # second
      ]
      max-flows = +1_024
      [[service]]
        name = "a\\u0062"   # ab
        listen = "*:80"
        health-check = { type = 'http', expected-codes = [ 200, 201 ], path = "/\\"#" }
        target = [
          { address = "10.0.0.1:80", weight = 0.5 },
          # none
          { host = "x.y", port = 1, refresh = "5s" } ]
      [ service . rate-limit ]
      clients = { per-second = 5 , drop = true }
      [[service.source-route]]
      source = \"""10.0.0.0/8\"""
      [[service.source-route.target]]
      address = '''10.0.0.2:80'''
      weight = -0
      """;
  private static final String ALPHABET = "\"'[]{}=,.#\n\r\t \\_-+09aeETu:/xU*\0é";

  @Test
  void theRichFileIsGood() throws Exception {
    ConfigLoader.load(FILE, SourceText.decode("lb.toml", bytes(RICH)), new FakeCatalog());
  }

  @Test
  void cutAnywhere() throws Exception {
    byte[] rich = bytes(RICH);
    for (int length = 0; length <= rich.length; length++) {
      loadOrRefuse(Arrays.copyOf(rich, length));
    }
    byte[] example = Files.readAllBytes(Path.of("..", "examples", "lb.toml"));
    for (int length = 0; length <= example.length; length += 7) {
      loadOrRefuse(Arrays.copyOf(example, length));
    }
  }

  @Test
  void bytesChanged() {
    Random random = new Random(7);
    byte[] alphabet = bytes(ALPHABET);
    int accepted = 0;
    for (int round = 0; round < 2_000; round++) {
      byte[] changed = bytes(RICH);
      for (int i = 0; i <= random.nextInt(3); i++) {
        changed[random.nextInt(changed.length)] = alphabet[random.nextInt(alphabet.length)];
      }
      accepted += loadOrRefuse(changed) ? 1 : 0;
    }
    assertThat(accepted).isBetween(1, 2_000);
  }

  @Test
  void linesShuffled() {
    Random random = new Random(8);
    String[] lines = RICH.split("(?<=\n)");
    for (int round = 0; round < 1_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines.length; i++) {
        text.append(random.nextInt(5) == 0 ? lines[random.nextInt(lines.length)] : lines[i]);
      }
      loadOrRefuse(bytes(text.toString()));
    }
  }

  private static boolean loadOrRefuse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      SourceText source = SourceText.decode("lb.toml", bytes);
      SecretMask mask = new SecretMask(Set.of());
      Problems problems = new Problems(source, mask);
      TomlDocument document = TomlScanner.scan(problems);
      if (problems.isEmpty()) {
        accountFor(source, document);
      }
      ConfigLoader.load(FILE, source, new FakeCatalog());
      return true;
    } catch (ConfigException e) {
      assertThat(e.getMessage()).as(text).endsWith("nothing was changed");
      assertThat(e.getMessage()).as(text).doesNotContain("the TOML reader");
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(text, e);
    }
  }

  /**
   * Counts in another way than the scanner does: each line that looks like a key or a header must
   * be the line of one in the tree.
   */
  private static void accountFor(SourceText source, TomlDocument document) {
    if (source.text().contains("\"\"\"\n") || source.text().contains("'''\n")) {
      return;
    }
    Set<Integer> lines = new TreeSet<>();
    collectLines(source, document.root(), lines);
    for (int line = 1; line <= source.line(source.text().length()); line++) {
      String shown = source.text().substring(source.lineStart(line), source.lineEnd(line));
      if (STATEMENT_LINE.matcher(shown).matches()) {
        assertThat(lines).as(source.text()).contains(line);
      }
    }
  }

  private static void collectLines(SourceText source, TomlNode node, Set<Integer> lines) {
    if (node instanceof TomlTable table) {
      if (table.origin() == TomlTable.Origin.HEADER) {
        lines.add(source.line(table.start()));
      }
      for (Entry entry : table.entries()) {
        lines.add(source.line(entry.offset()));
        collectLines(source, entry.value(), lines);
      }
    } else if (node instanceof TomlArray array) {
      array.elements().forEach(element -> collectLines(source, element, lines));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
