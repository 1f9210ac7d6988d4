package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.net.TlsHandlers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/** How long plugins take to come, bounded loosely: other tests may run beside this one. */
class PluginTimesTest extends HotPluginFixture {
  private static final int MANY = 50;
  private static final Duration MANY_MAX = Duration.ofSeconds(10);
  private static final Duration EFFECT_MAX = Duration.ofSeconds(10);

  @Test
  void aDroppedJarTakesEffectSoon() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    Path next = scale("1.1.0", "0.25").write(directory.resolve("next.jar"));
    start("scale = { }");

    long beganNanos = System.nanoTime();
    Files.move(next, plugins.resolve("scale.jar"), StandardCopyOption.REPLACE_EXISTING);
    await("it is in force", () -> weight() == 0.25);

    Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
    System.out.printf("from dropping a JAR to its effect: %d ms%n", took.toMillis());
    assertThat(took).isLessThan(EFFECT_MAX);
  }

  @Test
  void fiftyPluginsAddLittleToAStart() throws Exception {
    Path one =
        PluginJarFixture.plugin("p", "1.0.0")
            .forThisApi()
            .extensions("Extension.agent(\"p\", NoConfig.class, (c, x) -> new Agent() {})")
            .write(directory.resolve("one.jar"));
    for (int i = 0; i < MANY; i++) {
      copy(one, "p" + i, plugins.resolve(i + ".jar"));
    }

    long beganNanos = System.nanoTime();
    try (PluginHost host =
        PluginHost.load(plugins, directory, "1.0.0", TlsHandlers.withSystemTrust())) {
      host.start(Map.of());
      Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);

      System.out.printf("%d plugins loaded and started in %d ms%n", MANY, took.toMillis());
      assertThat(host.plugins()).hasSize(MANY);
      assertThat(host.catalog().failures()).isEmpty();
      assertThat(took).isLessThan(MANY_MAX);
    }
  }

  private static void copy(Path from, String id, Path to) throws IOException {
    try (InputStream raw = Files.newInputStream(from);
        JarInputStream in = new JarInputStream(raw)) {
      Manifest manifest = in.getManifest();
      manifest.getMainAttributes().putValue("Plugin-Id", id);
      try (OutputStream file = Files.newOutputStream(to);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          in.transferTo(out);
          out.closeEntry();
        }
      }
    }
  }
}
