package io.ebpflb.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Builds a plugin JAR from source text. */
public final class PluginJarFixture {
  static final String CLASS = "fixture.FixturePlugin";

  private static final String HEADER =
      """
      package fixture;
      import io.ebpflb.api.*;
      import java.time.Duration;
      import java.util.*;
      import java.util.concurrent.*;
      """;

  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final Map<String, byte[]> extra = new LinkedHashMap<>();
  private final Map<String, String> patches = new LinkedHashMap<>();
  private String serviceFile = CLASS + "\n";
  private String source = "";

  private PluginJarFixture() {}

  /** A plugin with a valid manifest and service file, and no class in it yet. */
  public static PluginJarFixture plugin(String id, String version) {
    return new PluginJarFixture()
        .manifest("Plugin-Id", id)
        .manifest("Plugin-Version", version)
        .manifest("Plugin-Requires", ">=1.0.0 & <2.0.0")
        .manifest("Plugin-Provider", "Fixtures");
  }

  /** One with a health checker of this name whose check is this expression. */
  public static PluginJarFixture checker(String id, String name, String expression) {
    return plugin(id, "1.0.0")
        .extensions(
            "Extension.healthChecker(\"%s\", NoConfig.class, (config, context) -> (backend, timeout) -> %s)"
                .formatted(name, expression));
  }

  /** One with a weight modifier of its id that this expression or block makes. */
  static PluginJarFixture modifier(String id, String made) {
    return plugin(id, "1.0.0")
        .forThisApi()
        .extensions(
            "Extension.weightModifier(\"%s\", NoConfig.class, (config, context) -> %s)"
                .formatted(id, made));
  }

  /** One that the balancer of this checkout loads, whatever its version. */
  public PluginJarFixture forThisApi() {
    return manifest("Plugin-Requires", ">=0.0.1");
  }

  public PluginJarFixture manifest(String name, String value) {
    manifest.put(name, value);
    return this;
  }

  public PluginJarFixture withoutManifest(String... names) {
    List.of(names).forEach(manifest::remove);
    return this;
  }

  public PluginJarFixture extensions(String list) {
    return body("public List<Extension<?>> extensions() { return List.of(" + list + "); }");
  }

  /** Members of the plugin class. */
  public PluginJarFixture body(String members) {
    return source("public class FixturePlugin implements LbPlugin { " + members + " }");
  }

  public PluginJarFixture source(String text) {
    source = HEADER + text;
    return this;
  }

  /** Null for none. */
  public PluginJarFixture serviceFile(String text) {
    serviceFile = text;
    return this;
  }

  /** Replaces a name in all classes by another one of the same length. */
  PluginJarFixture patch(String from, String to) {
    patches.put(from, to);
    return this;
  }

  private byte[] patched(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> each : patches.entrySet()) {
      text = text.replace(each.getKey(), each.getValue());
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A copy of a class that tests or the balancer have. */
  PluginJarFixture with(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
      return entry(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of the library that this class is of. */
  PluginJarFixture bundle(Class<?> type) {
    URI location = URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
    try (JarFile library = new JarFile(Path.of(location).toFile())) {
      for (JarEntry each : Collections.list(library.entries())) {
        boolean isOfItsOwn = each.getName().equals(JarFile.MANIFEST_NAME) || each.isDirectory();
        if (!isOfItsOwn && !extra.containsKey(each.getName())) {
          entry(each.getName(), library.getInputStream(each).readAllBytes());
        }
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PluginJarFixture entry(String name, byte[] content) {
    extra.put(name, content);
    return this;
  }

  public Path write(Path file) {
    try {
      Path folder = Files.createTempDirectory("fixture");
      try {
        if (!source.isEmpty()) {
          compile(folder);
        }
        pack(folder, file);
      } finally {
        delete(folder);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compile(Path folder) throws IOException {
    Path file = Files.createDirectories(folder.resolve("fixture")).resolve("FixturePlugin.java");
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file.toFile()))
            .call();
    if (!compiled) {
      throw new AssertionError(messages.toString());
    }
    Files.delete(file);
  }

  private void pack(Path folder, Path file) throws IOException {
    Manifest written = new Manifest();
    written.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.forEach(written.getMainAttributes()::putValue);
    try (OutputStream raw = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(raw, written)) {
      if (serviceFile != null) {
        add(jar, EntryPoint.SERVICE_FILE, serviceFile.getBytes(StandardCharsets.UTF_8));
      }
      for (Map.Entry<String, byte[]> entry : extra.entrySet()) {
        add(jar, entry.getKey(), entry.getValue());
      }
      try (Stream<Path> classes = Files.walk(folder)) {
        for (Path each : classes.filter(Files::isRegularFile).toList()) {
          add(jar, folder.relativize(each).toString(), patched(Files.readAllBytes(each)));
        }
      }
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
