package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plugin JAR that is looked at without a balancer. Nothing of it runs if the look into it finds a
 * problem; else it is loaded and asked for its extensions, as a start does before it reads a
 * config.
 */
public final class ValidatedJar implements AutoCloseable {

  /**
   * What its manifest says.
   *
   * @param provider empty if it does not say
   */
  public record Identity(String id, String version, String requires, String provider) {}

  private final Optional<PluginJar> jar;
  private final List<String> problems;
  private final PluginHost host;

  private ValidatedJar(Optional<PluginJar> jar, List<String> problems, PluginHost host) {
    this.jar = jar;
    this.problems = problems;
    this.host = host;
  }

  /**
   * @throws IOException if the file cannot be read or no private copy of it be made
   */
  public static ValidatedJar of(Path file) throws IOException {
    Path folder = Files.createTempDirectory("ebpf-lb-validate-");
    Path copy = folder.resolve(file.getFileName());
    try {
      Files.copy(file, copy);
      return validate(copy, folder);
    } finally {
      Files.deleteIfExists(copy);
      Files.delete(folder);
    }
  }

  private static ValidatedJar validate(Path copy, Path folder) throws IOException {
    PluginJar jar;
    try {
      jar = PluginJar.read(copy.getFileName().toString(), copy);
    } catch (PluginRefusal e) {
      return new ValidatedJar(Optional.empty(), List.of(e.getMessage()), null);
    }
    List<String> problems = jar.problems(ApiVersion.read());
    if (!problems.isEmpty()) {
      return new ValidatedJar(Optional.of(jar), problems, null);
    }
    PluginHost host = PluginHost.load(folder);
    String start = jar.fileName() + ": ";
    List<String> failures =
        host.catalog().failures().stream().map(text -> text.replace(start, "")).toList();
    return new ValidatedJar(Optional.of(jar), failures, host);
  }

  /** Empty if it does not even tell what it is. */
  public Optional<Identity> identity() {
    return jar.map(j -> new Identity(j.id(), j.version(), j.requires(), j.provider()));
  }

  /** Why a balancer would not load it; empty if it would. */
  public List<String> problems() {
    return problems;
  }

  /** What its author should know although it would be loaded. */
  public List<String> notes() {
    return jar.map(PluginJar::notes).orElse(List.of());
  }

  /** What it offers; not to be used any more once this is closed. */
  public List<Extension<?>> extensions() {
    if (!problems.isEmpty()) {
      return List.of();
    }
    List<String> labels = host.plugins().get(0).extensions();
    return Arrays.stream(Extension.Kind.values())
        .flatMap(
            kind ->
                host.catalog().names(kind).stream()
                    .map(name -> host.catalog().find(kind, name).orElseThrow()))
        .filter(extension -> labels.contains(PluginOffer.label(extension)))
        .<Extension<?>>map(extension -> extension)
        .toList();
  }

  /** The record of its own settings, of {@code [plugin.ID]}; as {@link #extensions}. */
  public Class<? extends Record> settings() {
    Map<String, Class<? extends Record>> found =
        host == null ? Map.of() : host.catalog().pluginConfigs();
    return found.values().stream().findFirst().orElse(NoConfig.class);
  }

  @Override
  public void close() {
    if (host != null) {
      host.close();
    }
  }
}
