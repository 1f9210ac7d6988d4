package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives a scanned file its meaning: one method for each kind of table at the top. */
final class ConfigBinder {
  private static final List<String> TOP =
      List.of(
          "dataplane", "admin", "metrics", "reload", "plugins", "service", "defaults", "plugin");

  private final Problems problems;
  private final ExtensionCatalog catalog;
  private final RecordBinder records;
  private final CrossCheck crossCheck;
  private final Map<Integer, Configuration.Service> known;

  /**
   * @param known services that are bound already, by where their table starts
   */
  ConfigBinder(
      Problems problems, ExtensionCatalog catalog, Map<Integer, Configuration.Service> known) {
    this.problems = problems;
    this.catalog = catalog;
    this.known = known;
    this.records = new RecordBinder(problems);
    this.crossCheck = new CrossCheck(problems);
  }

  /** Its meaning, or everything that is wrong with it. */
  Configuration bind(Path file, TomlTable root) throws ConfigException {
    return Binding.within(Binding.LONGEST, file, () -> bindHere(file, root));
  }

  private Configuration bindHere(Path file, TomlTable root) throws ConfigException {
    refuseUnknown(root);
    TomlTable dataplane = top(root, "dataplane");
    TableBinding dataplaneKeys = records.open(dataplane);
    List<String> interfaces = interfaces(dataplane, dataplaneKeys);
    Optional<DataPlaneTable> limits = limits(root, dataplaneKeys);
    dataplaneKeys.refuseUnknown();
    Optional<Configuration.AdminSettings> admin =
        new AdminBinder(problems, records).bind(top(root, "admin"));
    Optional<MetricsTable> metrics = metrics(top(root, "metrics"));
    Optional<ReloadTable> reload = records.bind(top(root, "reload"), ReloadTable.class);
    Optional<PluginsTable> pluginRules = records.bind(top(root, "plugins"), PluginsTable.class);
    Defaults defaults = new Defaults(problems, records, catalog, top(root, "defaults"));
    List<Configuration.Service> services = services(root, defaults);
    Map<String, Bound<?>> plugins = plugins(top(root, "plugin"));
    crossCheck.run(dataplane, limits);
    problems.throwIfAny();
    return new Configuration(
        file,
        limits.orElseThrow().settings(interfaces),
        admin.orElseThrow(),
        new Configuration.MetricsSettings(metrics.orElseThrow().path()),
        new Configuration.ReloadSettings(reload.orElseThrow().watch()),
        new Configuration.PluginsSettings(pluginRules.orElseThrow().onRemoval()),
        services,
        plugins);
  }

  private void refuseUnknown(TomlTable root) {
    TableBinding binding = records.open(root);
    binding.know(Set.copyOf(TOP));
    binding.refuseUnknown(() -> "expected one of: " + String.join(", ", TOP));
  }

  /** A table that may be missing, and is then empty. */
  private TomlTable top(TomlTable root, String key) {
    Optional<Entry> entry = root.find(key);
    if (entry.isPresent() && entry.get().value() instanceof TomlTable table) {
      return table;
    }
    entry.ifPresent(
        other ->
            problems.add(
                other.offset(),
                key,
                "is " + other.value().describe() + ", not a table",
                "expected: the table [" + key + "], with one pair of brackets"));
    return root.child(key, 0, TomlTable.Origin.IMPLIED, Problems.NOWHERE);
  }

  private Optional<DataPlaneTable> limits(TomlTable root, TableBinding dataplane) {
    if (root.find("dataplane").isEmpty()) {
      problems.add(
          Problems.NOWHERE,
          "dataplane",
          "the table is missing",
          "expected: [dataplane] with interfaces = [\"eth0\"]");
      return Optional.empty();
    }
    return dataplane.bind(DataPlaneTable.class);
  }

  private List<String> interfaces(TomlTable table, TableBinding dataplane) {
    Optional<InterfacesTable> bound = dataplane.bind(InterfacesTable.class);
    boolean named = table.origin() != TomlTable.Origin.IMPLIED;
    bound
        .filter(found -> named)
        .ifPresent(found -> records.check(table, "interfaces", found::checkInterfaces));
    return bound.map(InterfacesTable::interfaces).orElse(List.of());
  }

  private Optional<MetricsTable> metrics(TomlTable table) {
    Optional<MetricsTable> bound = records.bind(table, MetricsTable.class);
    bound.ifPresent(found -> records.check(table, "path", found::checkPath));
    return bound;
  }

  private List<Configuration.Service> services(TomlTable root, Defaults defaults) {
    List<Configuration.Service> services = new ArrayList<>();
    Optional<Entry> entry = root.find("service");
    if (entry.isEmpty()) {
      return services;
    }
    if (!(entry.get().value() instanceof TomlArray array) || !array.isOfHeaders()) {
      problems.add(
          entry.get().offset(),
          "service",
          "is " + entry.get().value().describe() + ", not a list of tables",
          "each service begins with [[service]], two pairs of brackets");
      return services;
    }
    ServiceBinder binder = new ServiceBinder(problems, records, catalog, defaults, crossCheck);
    for (TomlNode service : array.elements()) {
      Optional<Configuration.Service> bound = Optional.ofNullable(known.get(service.start()));
      bound.ifPresent(each -> crossCheck.bound(each, (TomlTable) service));
      bound.or(() -> binder.bind((TomlTable) service)).ifPresent(services::add);
    }
    return services;
  }

  private Map<String, Bound<?>> plugins(TomlTable tables) {
    Map<String, Class<? extends Record>> installed = catalog.pluginConfigs();
    TableBinding binding = records.open(tables);
    binding.know(installed.keySet());
    for (Entry entry : tables.entries()) {
      if (!installed.containsKey(entry.key())) {
        UnknownName.plugin(problems, entry, installed.keySet(), catalog.failures());
      }
    }
    Map<String, Bound<?>> bound = new LinkedHashMap<>();
    installed.forEach(
        (id, type) -> {
          Optional<Entry> entry = tables.find(id);
          if (entry.isPresent() && !(entry.get().value() instanceof TomlTable)) {
            problems.add(
                entry.get().offset(),
                entry.get().path(),
                "is " + entry.get().value().describe() + ", not a table",
                "expected: the table [plugin." + id + "]");
            return;
          }
          TomlTable table =
              entry
                  .map(found -> (TomlTable) found.value())
                  .orElseGet(() -> tables.child(id, 0, TomlTable.Origin.IMPLIED, Problems.NOWHERE));
          records.bindSettings(table, type).ifPresent(settings -> bound.put(id, settings));
        });
    return bound;
  }
}
