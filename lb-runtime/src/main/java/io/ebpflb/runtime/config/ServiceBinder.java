package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Binds one {@code [[service]]} with everything below it. */
final class ServiceBinder {
  /** Extensions that are switched on by a key inside a service. */
  static final List<Extension.Kind> EXTENSION_KINDS =
      List.of(Extension.Kind.WEIGHT_MODIFIER, Extension.Kind.SERVICE_FEATURE);

  private static final Set<String> COMMON = Set.of("target", "source-route", HealthCheckBinder.KEY);
  private static final String LEAST_CONNECTIONS = "least-connections";

  private final Problems problems;
  private final RecordBinder records;
  private final ExtensionCatalog catalog;
  private final Defaults defaults;
  private final CrossCheck crossCheck;
  private final HealthCheckBinder healthChecks;
  private final GroupBinder groups;
  private final SourceRouteBinder routes;

  ServiceBinder(
      Problems problems,
      RecordBinder records,
      ExtensionCatalog catalog,
      Defaults defaults,
      CrossCheck crossCheck) {
    this.problems = problems;
    this.records = records;
    this.catalog = catalog;
    this.defaults = defaults;
    this.crossCheck = crossCheck;
    this.healthChecks = new HealthCheckBinder(problems, records, catalog, defaults);
    this.groups = new GroupBinder(problems, records, catalog, healthChecks, crossCheck);
    this.routes = new SourceRouteBinder(problems, records, groups, crossCheck);
  }

  /**
   * What all parts of a service have in common.
   *
   * @param listen empty if it is not known, because of a mistake
   * @param healthCheck what the service says of it, over the defaults
   * @param route the family of a route's clients, inside a route
   */
  record Frame(
      Optional<ListenText> listen,
      Protocol protocol,
      Optional<TomlTable> healthCheck,
      Optional<Family> route) {

    Frame ofClients(Optional<Family> clients) {
      return new Frame(listen, protocol, healthCheck, clients);
    }

    Family family() {
      Family own = listen.flatMap(ListenText::address).map(Family::of).orElse(Family.ANY);
      return own == Family.ANY ? route.orElse(Family.ANY) : own;
    }

    String familyOwner() {
      return "an " + family() + (route.isPresent() ? " route" : " service");
    }
  }

  Optional<Configuration.Service> bind(TomlTable table) {
    crossCheck.service(table);
    TableBinding binding = records.open(table);
    Optional<ServiceTable> plain = binding.bind(ServiceTable.class);
    binding.know(COMMON);
    Frame frame = frame(table, plain);
    Optional<Configuration.Group> group = groups.bind(table, frame);
    List<SourceRoute> sourceRoutes = routes.bind(table, frame);
    List<Configuration.Group> allGroups = new ArrayList<>();
    group.ifPresent(allGroups::add);
    sourceRoutes.forEach(route -> allGroups.add(route.targets()));
    crossCheck.groups(allGroups);
    Optional<HealthCheck> healthCheck = frame.healthCheck().flatMap(healthChecks::bind);
    List<Use> modifiers = uses(Extension.Kind.WEIGHT_MODIFIER, table, binding, implied(plain));
    List<Use> features = uses(Extension.Kind.SERVICE_FEATURE, table, binding, Set.of());
    binding.refuseUnknown();
    if (plain.isEmpty() || group.isEmpty() || frame.listen().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Configuration.Service(
            plain.get().name(),
            frame.listen().get().address(),
            frame.listen().get().port(),
            plain.get().protocol(),
            plain.get().algorithm(),
            group.get(),
            sourceRoutes,
            healthCheck,
            plain.get().drainTimeout(),
            modifiers,
            features));
  }

  private Frame frame(TomlTable table, Optional<ServiceTable> plain) {
    Optional<String> name = table.findText("name");
    if (name.isPresent()
        && records.check(table, "name", () -> ServiceTable.checkName(name.get()))) {
      crossCheck.name(table.find("name").orElseThrow(), name.get());
    }
    Protocol protocol = plain.map(ServiceTable::protocol).orElse(Protocol.TCP);
    AtomicReference<ListenText> listen = new AtomicReference<>();
    Optional<String> text = table.findText("listen");
    if (text.isPresent()
        && records.check(table, "listen", () -> listen.set(ListenText.parse(text.get())))
        && plain.isPresent()) {
      crossCheck.listener(table.find("listen").orElseThrow(), listen.get(), protocol);
    }
    return new Frame(
        Optional.ofNullable(listen.get()),
        protocol,
        healthChecks.ofService(table),
        Optional.empty());
  }

  private static Optional<Use> use(Extension<?> extension, TableBinding binding) {
    Optional<? extends Bound<?>> own = binding.bindSettings(extension.configType());
    binding.refuseUnknown();
    return own.map(settings -> new Use(extension, settings));
  }

  /** Extensions that are in use without a key of their own, by the algorithm's name. */
  private static Set<String> implied(Optional<ServiceTable> plain) {
    return plain
        .filter(table -> table.algorithm() == Configuration.Algorithm.LEAST_CONNECTIONS)
        .map(table -> Set.of(LEAST_CONNECTIONS))
        .orElse(Set.of());
  }

  private List<Use> uses(
      Extension.Kind kind, TomlTable service, TableBinding keys, Set<String> implied) {
    List<Use> uses = new ArrayList<>();
    keys.know(catalog.names(kind));
    for (String name : catalog.names(kind)) {
      Optional<Entry> entry = service.find(name);
      if (entry.isEmpty() && implied.contains(name)) {
        TomlTable empty = service.child(name, 0, TomlTable.Origin.IMPLIED, Problems.NOWHERE);
        bindUse(kind, name, defaults.merge(name, empty)).ifPresent(uses::add);
      }
      if (entry.isEmpty()) {
        continue;
      }
      if (!(entry.get().value() instanceof TomlTable table)) {
        problems.add(
            entry.get().offset(),
            entry.get().path(),
            "is " + entry.get().value().describe() + ", not a table",
            "expected: " + name + " = { key = value }");
        continue;
      }
      bindUse(kind, name, defaults.merge(name, table)).ifPresent(uses::add);
    }
    return uses;
  }

  /** A plugin may offer a modifier and a feature under one name; they share the table. */
  private Optional<Use> bindUse(Extension.Kind kind, String name, TomlTable table) {
    Extension<?> extension = catalog.find(kind, name).orElseThrow();
    TableBinding binding = records.open(table);
    for (Extension.Kind other : EXTENSION_KINDS) {
      catalog.find(other, name).ifPresent(sharing -> binding.know(sharing.configType()));
    }
    return use(extension, binding);
  }
}
