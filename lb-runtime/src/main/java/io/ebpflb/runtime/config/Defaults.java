package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The tables {@code [defaults.NAME]}, merged key by key under each use of NAME. */
final class Defaults {
  static final String HEALTH_CHECK = "health-check";

  private final Problems problems;
  private final RecordBinder records;
  private final ExtensionCatalog catalog;
  private final TomlTable tables;

  Defaults(Problems problems, RecordBinder records, ExtensionCatalog catalog, TomlTable tables) {
    this.problems = problems;
    this.records = records;
    this.catalog = catalog;
    this.tables = tables;
    tables.entries().forEach(this::check);
  }

  TomlTable merge(String name, TomlTable use) {
    return find(name).map(use::over).orElse(use);
  }

  TomlTable mergeHealthCheck(TomlTable use) {
    return find(HEALTH_CHECK).map(defaults -> mergeHealthCheck(use, defaults)).orElse(use);
  }

  /**
   * Keys of one checker mean nothing to another, so a use of another type than the general table's
   * takes only the keys that all types have.
   */
  TomlTable mergeHealthCheck(TomlTable use, TomlTable general) {
    Optional<String> own = use.findText("type");
    Optional<String> inherited = general.findText("type");
    boolean other = own.isPresent() && inherited.isPresent() && !own.equals(inherited);
    return use.over(
        other ? general.only(records.keys(use, HealthCheckTable.class)::contains) : general);
  }

  private Optional<TomlTable> find(String name) {
    return tables
        .find(name)
        .flatMap(e -> e.value() instanceof TomlTable table ? Optional.of(table) : Optional.empty());
  }

  /** Defaults are checked although nothing may use them: a mistake in them is still one. */
  private void check(Entry entry) {
    List<Extension<?>> uses =
        entry.key().equals(HEALTH_CHECK) ? checkers(entry) : extensions(entry.key());
    if (!entry.key().equals(HEALTH_CHECK) && uses.isEmpty()) {
      SortedSet<String> known = new TreeSet<>(catalog.names(Extension.Kind.WEIGHT_MODIFIER));
      known.addAll(catalog.names(Extension.Kind.SERVICE_FEATURE));
      known.add(HEALTH_CHECK);
      problems.mask().add(entry.value());
      problems.add(
          entry.offset(),
          entry.path(),
          "nothing has this name",
          "expected one of: " + String.join(", ", known),
          NearNames.of(entry.key(), known));
    } else if (!(entry.value() instanceof TomlTable table)) {
      problems.add(
          entry.offset(),
          entry.path(),
          "is " + entry.value().describe() + ", not a table",
          "expected: the table [defaults." + entry.key() + "]");
    } else {
      TableBinding binding = records.open(table);
      if (entry.key().equals(HEALTH_CHECK)) {
        binding.check(HealthCheckTable.class);
      }
      boolean sure = !entry.key().equals(HEALTH_CHECK) || uses.size() == 1;
      for (Extension<?> extension : uses) {
        if (sure) {
          binding.check(extension.configType());
        } else {
          binding.know(extension.configType());
        }
      }
      binding.refuseUnknown();
    }
  }

  private List<Extension<?>> checkers(Entry entry) {
    Optional<String> type =
        entry.value() instanceof TomlTable table ? table.findText("type") : Optional.empty();
    SortedSet<String> names = catalog.names(Extension.Kind.HEALTH_CHECKER);
    return names.stream()
        .filter(name -> type.isEmpty() || !names.contains(type.get()) || type.get().equals(name))
        .map(name -> catalog.find(Extension.Kind.HEALTH_CHECKER, name))
        .<Extension<?>>flatMap(Optional::stream)
        .toList();
  }

  private List<Extension<?>> extensions(String name) {
    return ServiceBinder.EXTENSION_KINDS.stream()
        .map(kind -> catalog.find(kind, name))
        .<Extension<?>>flatMap(Optional::stream)
        .toList();
  }
}
