package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.LbPlugin;
import io.ebpflb.runtime.Version;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads of each kind of JAR that cannot be used, word for word. */
class PluginErrorsTest {
  private static final String GOLDEN = "plugin-errors.txt";
  private static final String GOOD =
      "Extension.healthChecker(\"%s\", NoConfig.class, (c, x) -> (backend, timeout) -> null)";

  @TempDir Path temporary;

  private interface Case {
    void write(Path plugins) throws IOException;
  }

  private final Map<String, Case> cases = new LinkedHashMap<>();

  private void one(String name, PluginJarFixture fixture) {
    cases.put(name, plugins -> fixture.write(plugins.resolve("x.jar")));
  }

  private static PluginJarFixture plugin() {
    return PluginJarFixture.plugin("x", "1.0.0");
  }

  private static PluginJarFixture good(String id, String version, String extension) {
    return PluginJarFixture.plugin(id, version).extensions(GOOD.formatted(extension));
  }

  private void files() {
    cases.put("empty file", plugins -> Files.write(plugins.resolve("x.jar"), new byte[0]));
    cases.put("no zip", plugins -> Files.writeString(plugins.resolve("x.jar"), "hello"));
    cases.put(
        "half of a zip",
        plugins -> {
          byte[] whole = Files.readAllBytes(good("x", "1.0.0", "y").write(temporary.resolve("w")));
          Files.write(plugins.resolve("x.jar"), Arrays.copyOf(whole, whole.length / 2));
        });
  }

  private void manifests() {
    one("no manifest entry", plugin().withoutManifest("Plugin-Id", "Plugin-Version"));
    one("no requirement", plugin().withoutManifest("Plugin-Requires"));
    one("bad id", plugin().manifest("Plugin-Id", "My Plugin"));
    one("reserved id", plugin().manifest("Plugin-Id", "builtin"));
    one("bad version", plugin().manifest("Plugin-Version", "one"));
    one("bad requirement", plugin().manifest("Plugin-Requires", "new >"));
    one("other API", plugin().manifest("Plugin-Requires", ">=2.0.0"));
  }

  private void entries() {
    one("bundled API", good("x", "1.0.0", "y").with(LbPlugin.class));
    one("bundled balancer", good("x", "1.0.0", "y").with(Version.class));
    one(
        "no class file",
        good("x", "1.0.0", "y").entry("a/B.class", "no class".getBytes(StandardCharsets.UTF_8)));
    one("half of a class", good("x", "1.0.0", "y").entry("a/B.class", new byte[] {-54, -2, -70}));
    one("made for a later Java", good("x", "1.0.0", "y").entry("a/B.class", ofJava(99)));
    cases.put(
        "damaged class",
        plugins ->
            damage(
                good("x", "1.0.0", "y").write(plugins.resolve("x.jar")),
                "fixture/FixturePlugin.class"));
  }

  /**
   * Makes the checksum of an entry another one than its bytes have (APPNOTE.TXT section 4.3.12).
   */
  private static void damage(Path file, String entry) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int header = text.lastIndexOf("PK\1\2", text.lastIndexOf(entry));
    bytes[header + 16] ^= 1;
    Files.write(file, bytes);
  }

  /** The start of a class file, compiled for a Java that there is not yet. */
  private static byte[] ofJava(int version) {
    return ByteBuffer.allocate(10)
        .putInt(0xcafebabe)
        .putShort((short) 0)
        .putShort((short) (44 + version))
        .array();
  }

  private void references() {
    one("ends the JVM", working("System.exit(1);"));
    one("ends it by another class", working("Quit.now();"));
    one("ends it by a method reference", working("List.of(1).forEach(System::exit);"));
    one(
        "ends it in many ways",
        working(
            "Runtime.getRuntime().exit(1); Runtime.getRuntime().halt(2); System.exit(3);"
                + " Quit.now();"));
    one("could end it, but nothing leads there", working(""));
    one("uses the balancer itself", working("io.ebpflb.runtime.Main.main(new String[0]);"));
    one(
        "uses a later API",
        working("Protocol.valueOf(\"TCP\");").patch("api/Protocol", "api/Newcomer"));
  }

  /** One with another class that ends the JVM. */
  private static PluginJarFixture working(String statements) {
    return plugin()
        .source(
            """
            public class FixturePlugin implements LbPlugin {
              public List<Extension<?>> extensions() {
                return List.of(%s);
              }
              void work() { %s }
            }
            final class Quit {
              static void now() { System.exit(4); }
            }
            """
                .formatted(GOOD.formatted("y"), statements));
  }

  private void contents() {
    one("no service file", plugin().serviceFile(null));
    one("empty service file", plugin().serviceFile("# nothing\n"));
    one("missing class", plugin());
    one("other type", plugin().source("public class FixturePlugin {}"));
    one("abstract", plugin().source("public abstract class FixturePlugin implements LbPlugin {}"));
    one(
        "constructor throws",
        plugin()
            .body(
                "public FixturePlugin() { throw new IllegalStateException(\"boom\"); }"
                    + " public List<Extension<?>> extensions() { return List.of(); }"));
    one(
        "initializer fails",
        plugin()
            .body(
                "static final int X = Integer.parseInt(\"x\");"
                    + " public List<Extension<?>> extensions() { return List.of(); }"));
    one(
        "two plugins in one",
        plugin()
            .serviceFile("fixture.FixturePlugin\nfixture.Second\n")
            .extensions(GOOD.formatted("y")));
  }

  private void offers() {
    one("nothing offered", plugin().extensions(""));
    one("null offered", plugin().body("public List<Extension<?>> extensions() { return null; }"));
    one(
        "extensions throws",
        plugin()
            .body("public List<Extension<?>> extensions() { throw new StackOverflowError(); }"));
    one("same name twice", plugin().extensions(GOOD.formatted("y") + "," + GOOD.formatted("y")));
    one("name of a built-in", plugin().extensions(GOOD.formatted("tcp")));
    one("bad name", plugin().extensions(GOOD.formatted("Bad Name")));
    one(
        "settings are no record",
        plugin()
            .body(
                "@SuppressWarnings({\"unchecked\", \"rawtypes\"})"
                    + " public List<Extension<?>> extensions() { return List.of("
                    + "Extension.healthChecker(\"y\", (Class) String.class, (c, x) -> null)); }"));
  }

  private void pairs() {
    cases.put(
        "two versions",
        plugins -> {
          good("x", "1.9.0", "y").write(plugins.resolve("a.jar"));
          good("x", "1.10.0", "y").write(plugins.resolve("b.jar"));
        });
    cases.put(
        "same version twice",
        plugins -> {
          good("x", "1.0.0", "y").write(plugins.resolve("a.jar"));
          good("x", "1.0.0", "y").write(plugins.resolve("b.jar"));
        });
    cases.put(
        "newer one is incompatible",
        plugins -> {
          good("x", "1.0.0", "y").write(plugins.resolve("a.jar"));
          good("x", "2.0.0", "y")
              .manifest("Plugin-Requires", ">=2.0.0")
              .write(plugins.resolve("b.jar"));
        });
    cases.put(
        "one name from two plugins",
        plugins -> {
          good("first", "1.0.0", "y").write(plugins.resolve("z.jar"));
          good("second", "1.0.0", "y").write(plugins.resolve("a.jar"));
        });
  }

  @Test
  void sayWhatIsWrong() throws IOException {
    files();
    manifests();
    entries();
    references();
    contents();
    offers();
    pairs();
    List<String> lines = new ArrayList<>();
    Path copies = Files.createDirectory(temporary.resolve("copies"));
    for (Map.Entry<String, Case> each : cases.entrySet()) {
      Path plugins = Files.createTempDirectory(temporary, "plugins");
      each.getValue().write(plugins);
      try (PluginHost host =
          PluginHost.load(plugins, copies, "1.0.0", TlsHandlers.withSystemTrust())) {
        host.plugins().forEach(status -> lines.add(line(each.getKey(), status)));
      }
    }

    assertThat(lines).containsExactlyElementsOf(golden());
  }

  private static String line(String name, PluginStatus status) {
    String reason = status.state() == State.LOADED ? status.version() : status.reason();
    return name + " | " + status.id() + " | " + status.state() + " | " + reason;
  }

  private static List<String> golden() throws IOException {
    try (InputStream file = PluginErrorsTest.class.getResourceAsStream(GOLDEN)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${java}", String.valueOf(Runtime.version().feature()))
          .lines()
          .toList();
    }
  }
}
