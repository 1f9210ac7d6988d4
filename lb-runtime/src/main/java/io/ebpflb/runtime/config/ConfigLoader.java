package io.ebpflb.runtime.config;

import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a config file into a {@link Configuration}, or says everything that is wrong with it. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads, checks and binds the file. Binding calls constructors of plugins' config records on a
   * thread of its own, for a bounded time. Blocks for so long and for the time of reading the file;
   * never asks a name server.
   *
   * @param file named in messages as it is given here
   * @throws ConfigException with all problems of the first stage (text, then meaning) that has any
   */
  public static Configuration load(Path file, ExtensionCatalog catalog) throws ConfigException {
    return load(ConfigText.read(file), catalog);
  }

  /** See {@link #load(Path, ExtensionCatalog)}. */
  public static Configuration load(ConfigText text, ExtensionCatalog catalog)
      throws ConfigException {
    return load(text.file(), text.source(), catalog);
  }

  /**
   * As {@link #load(ConfigText, ExtensionCatalog)}, for a balancer that runs: refuses by name what
   * would take a restart. Services whose text is the same are mostly the same objects then.
   */
  public static Configuration reload(ConfigText text, ExtensionCatalog catalog, BoundConfig inForce)
      throws ConfigException {
    Optional<Configuration> read = Rereading.read(text, catalog, inForce);
    return read.isPresent() ? read.get() : reloadAfresh(text, catalog, inForce);
  }

  static Configuration reloadAfresh(ConfigText text, ExtensionCatalog catalog, BoundConfig inForce)
      throws ConfigException {
    Problems problems = problems(text.source(), catalog);
    TomlTable root = whole(scan(problems, sections(inForce.text())), problems);
    Configuration next = new ConfigBinder(problems, catalog, Map.of()).bind(text.file(), root);
    new RestartCheck(problems, root).run(inForce.configuration(), next);
    problems.throwIfAny();
    return next;
  }

  /** The texts of all sections of a good text. */
  private static Set<String> sections(ConfigText text) {
    SourceText source = text.source();
    Set<String> texts = new HashSet<>();
    Problems none = new Problems(source, new SecretMask(Set.of()));
    for (TomlDocument.Section section : TomlScanner.scan(none).sections()) {
      texts.add(section.text(source));
    }
    return texts;
  }

  /**
   * A config that is in force, as it is written.
   *
   * @throws ConfigException if it cannot be in force with the plugins that there are now
   */
  public static WrittenConfig written(ConfigText text, ExtensionCatalog catalog)
      throws ConfigException {
    Problems problems = problems(text.source(), catalog);
    TomlDocument document = TomlScanner.scan(problems);
    problems.throwIfAny();
    new ConfigBinder(problems, catalog, Map.of()).bind(text.file(), document.root());
    // Defaults that nothing uses are not bound, so nobody has said which of them are secret.
    document
        .root()
        .find("defaults")
        .ifPresent(defaults -> problems.mask().addNamed(defaults.value()));
    return new WrittenConfig(text, document, problems.mask());
  }

  static Configuration load(Path file, SourceText source, ExtensionCatalog catalog)
      throws ConfigException {
    return new ConfigReading(file, source).bind(catalog);
  }

  private static Problems problems(SourceText source, ExtensionCatalog catalog) {
    return new Problems(source, new SecretMask(SecretNames.in(catalog)));
  }

  /**
   * Reads the text and lets TOML4J confirm it; what is wrong is left in the problems.
   *
   * @param proven texts of sections of which it is known that TOML4J reads what is written
   */
  static TomlTable scan(Problems problems, Set<String> proven) {
    TomlDocument document = TomlScanner.scan(problems);
    if (problems.isEmpty()) {
      new Toml4jReader(problems, proven).read(document);
    }
    return document.root();
  }

  /** The tree of a text in which there is something, and nothing wrong. */
  static TomlTable whole(TomlTable root, Problems problems) throws ConfigException {
    problems.throwIfAny();
    if (root.entries().isEmpty()) {
      String problem = problems.source().name() + ": holds no settings";
      throw new ConfigException(problem + "; nothing was changed", List.of(problem));
    }
    return root;
  }
}
