package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.Optional;

/** Finds the extension that a table names by one of its keys. */
final class InstalledExtensions {
  private final Problems problems;
  private final ExtensionCatalog catalog;

  InstalledExtensions(Problems problems, ExtensionCatalog catalog) {
    this.problems = problems;
    this.catalog = catalog;
  }

  /** Empty and reported if no plugin provides it; empty alone if the key says nothing. */
  Optional<Extension<?>> named(Extension.Kind kind, TomlTable table, String key) {
    Optional<Entry> entry = table.find(key);
    Optional<String> name = table.findText(key);
    if (entry.isEmpty() || name.isEmpty()) {
      return Optional.empty();
    }
    Optional<Extension<?>> found = catalog.find(kind, name.get());
    if (found.isEmpty()) {
      hideAllBut(entry.get(), table);
      UnknownName.extension(
          problems, entry.get(), name.get(), catalog.names(kind), catalog.failures());
    }
    return found;
  }

  /** As {@link #named}, for an extension that the key itself implies. */
  Optional<Extension<?>> implied(Extension.Kind kind, String name, Entry by) {
    Optional<Extension<?>> found = catalog.find(kind, name);
    if (found.isEmpty()) {
      UnknownName.extension(problems, by, name, catalog.names(kind), catalog.failures());
    }
    return found;
  }

  /** Which settings of an unknown extension are secret, nobody can tell. */
  private void hideAllBut(Entry name, TomlTable table) {
    for (Entry entry : table.entries()) {
      if (entry != name) {
        problems.mask().add(entry.value());
      }
    }
  }
}
