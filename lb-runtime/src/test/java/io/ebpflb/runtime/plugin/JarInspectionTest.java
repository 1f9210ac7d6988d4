package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.LbPlugin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class JarInspectionTest {
  private static final String CHECKER =
      """
      public class FixturePlugin implements LbPlugin {
        public List<Extension<?>> extensions() {
          return List.of(Extension.healthChecker("y", NoConfig.class,
              (config, context) -> (backend, timeout) -> CompletableFuture.completedFuture(
                  CheckResult.passed(new long[][] {{1L}, {2L}}.length + "%s"))));
        }
        double work() { return %s; }
      }
      """;

  @TempDir Path temporary;

  private PluginJar read(PluginJarFixture fixture) throws PluginRefusal {
    return PluginJar.read("x.jar", fixture.write(temporary.resolve("x.jar")));
  }

  private static PluginJarFixture working(String expression) {
    return PluginJarFixture.plugin("x", "1.0.0").source(CHECKER.formatted("seen", expression));
  }

  @Test
  void findsNothingInAGoodOne() throws Exception {
    PluginJar jar = read(working("Math.floorMod(7L, 3.5f > 2 ? 2L : 4L) * 2.5"));

    assertThat(jar.problems("1.0.0")).isEmpty();
    assertThat(jar.notes()).isEmpty();
  }

  @Test
  void notesWhatItsAuthorShouldKnow() throws Exception {
    PluginJar jar =
        read(
            working("Protocol.TCP.ordinal()")
                .patch("io/ebpflb/api/Protocol", "com/google/gson/Parser")
                .manifest("Plugin-Requires", ">=1.0.0")
                .withoutManifest("Plugin-Provider")
                .with(Logger.class));

    assertThat(jar.problems("1.0.0")).isEmpty();
    assertThat(jar.notes())
        .containsExactly(
            "it bundles slf4j, which is not used: it comes from the balancer",
            "fixture.FixturePlugin refers to com.google.gson.Parser, which is neither in it nor in Java",
            "Plugin-Requires \">=1.0.0\" has no end, so a later API that breaks it would load it, too",
            "its manifest does not say Plugin-Provider");
  }

  @Test
  void tellsAllProblemsAtOnce() throws Exception {
    PluginJar jar =
        read(working("1").serviceFile("fixture.Missing # of ours\n").with(LbPlugin.class));

    assertThat(jar.problems("2.0.0"))
        .containsExactly(
            "needs plugin API >=1.0.0 & <2.0.0, this balancer has 2.0.0",
            "it bundles the API (io/ebpflb/api/LbPlugin.class), which comes from the balancer:"
                + " give lb-api the scope \"provided\"",
            "fixture.Missing is not in it");
  }

  @Test
  void anImplementationMayBeInheritedWithinTheJar() throws Exception {
    PluginJar jar =
        read(
            PluginJarFixture.plugin("x", "1.0.0")
                .source(
                    """
                    public class FixturePlugin extends Base {}
                    class Base implements Offers {
                      public List<Extension<?>> extensions() { return List.of(); }
                    }
                    interface Offers extends LbPlugin {}
                    """));

    assertThat(jar.problems("1.0.0")).isEmpty();
  }

  /** Whatever is on the disk, the worst is a refusal. */
  @Test
  void survivesAnyDamage() throws IOException {
    Path file = working("1.0").write(temporary.resolve("whole.jar"));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      byte[] damaged = whole.clone();
      for (int hit = random.nextInt(4); hit >= 0; hit--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        PluginJar.read("x.jar", file).requireUsable("1.0.0");
      } catch (PluginRefusal e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("null");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(300);
  }

  /** The checksum of a class may be right and the class none. */
  @Test
  void survivesAnyDamageWithinAClass() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("classes"));
    Path file = working("1.0").write(folder.resolve("x.jar"));
    byte[] whole;
    try (JarFile jar = new JarFile(file.toFile())) {
      whole = jar.getInputStream(jar.getEntry("fixture/FixturePlugin.class")).readAllBytes();
    }
    Random random = new Random(6);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      try {
        ClassFile.read(new ByteArrayInputStream(damaged));
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }
}
