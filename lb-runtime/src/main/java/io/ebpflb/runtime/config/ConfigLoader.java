package io.ebpflb.runtime.config;

import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.nio.file.Path;
import java.util.List;

/** Reads a config file into a {@link Configuration}, or says everything that is wrong with it. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads, checks and binds the file. Binding calls constructors of plugins' config records on the
   * caller's thread. Blocks for the time of reading the file; never asks a name server.
   *
   * @param file named in messages as it is given here
   * @throws ConfigException with all problems of the first stage (text, then meaning) that has any
   */
  public static Configuration load(Path file, ExtensionCatalog catalog) throws ConfigException {
    return load(file, SourceText.read(file), catalog);
  }

  static Configuration load(Path file, SourceText source, ExtensionCatalog catalog)
      throws ConfigException {
    Problems problems = new Problems(source, new SecretMask(SecretNames.in(catalog)));
    TomlDocument document = TomlScanner.scan(problems);
    problems.throwIfAny();
    if (document.root().entries().isEmpty()) {
      String problem = source.name() + ": holds no settings";
      throw new ConfigException(problem + "; nothing was changed", List.of(problem));
    }
    new Toml4jReader(problems).read(document);
    problems.throwIfAny();
    return new ConfigBinder(problems, catalog).bind(file, document.root());
  }
}
