package io.ebpflb.runtime.config;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what services say and finds what cannot be true of all of them together. */
final class CrossCheck {
  private final Problems problems;
  private final Map<String, Entry> names = new HashMap<>();
  private final Map<Protocol, Map<String, Entry>> listeners = new EnumMap<>(Protocol.class);
  private final Map<Protocol, Map<String, List<Entry>>> backends = new EnumMap<>(Protocol.class);
  private final List<TomlTable> services = new ArrayList<>();
  private final List<TomlTable> sourceRoutes = new ArrayList<>();
  private long tableSlots;

  CrossCheck(Problems problems) {
    this.problems = problems;
    for (Protocol protocol : Protocol.values()) {
      listeners.put(protocol, new HashMap<>());
      backends.put(protocol, new HashMap<>());
    }
  }

  void service(TomlTable table) {
    services.add(table);
  }

  /** A service that was bound before; its problems are all told at this table. */
  void bound(Configuration.Service service, TomlTable table) {
    Entry entry = new Entry("", table.start(), table, table);
    service(table);
    name(entry, service.name());
    listener(entry, new ListenText(service.address(), service.port()), service.protocol());
    List<Configuration.Group> groups = service.groups().toList();
    groups(groups);
    groups.stream().skip(1).forEach(route -> sourceRoute(table));
    for (Configuration.Group group : groups) {
      for (Configuration.Target target : group.targets()) {
        if (GroupBinder.isStatic(target.resolver().extension())) {
          backend(entry, target.label(), service.protocol());
        }
      }
    }
  }

  void name(Entry entry, String name) {
    Entry first = names.putIfAbsent(name, entry);
    if (first != null) {
      problems.add(
          entry.offset(),
          entry.path(),
          "another service has this name, in line " + problems.source().line(first.offset()));
    }
  }

  void listener(Entry entry, ListenText listen, Protocol protocol) {
    Entry first = listeners.get(protocol).putIfAbsent(listen.format(), entry);
    if (first != null) {
      problems.add(
          entry.offset(),
          entry.path(),
          "another service listens here, in line " + problems.source().line(first.offset()));
    }
  }

  /**
   * @param label the endpoint as {@link AddressText#format} writes it
   */
  void backend(Entry entry, String label, Protocol protocol) {
    backends.get(protocol).computeIfAbsent(label, unseen -> new ArrayList<>(1)).add(entry);
  }

  /** Groups of one service; the data plane gives equal ones one table. */
  void groups(List<Configuration.Group> groups) {
    // Comparing a group means hashing all its targets, and most services have just one.
    Collection<Configuration.Group> different = groups.size() == 1 ? groups : new HashSet<>(groups);
    for (Configuration.Group group : different) {
      tableSlots += TableSize.LEAST.slots(group.targets().size());
    }
  }

  void sourceRoute(TomlTable table) {
    sourceRoutes.add(table);
  }

  /**
   * @param limits empty if they are not known, because of other problems
   */
  void run(TomlTable dataplane, Optional<DataPlaneTable> limits) {
    listeners.forEach(
        (protocol, services) ->
            services.forEach(
                (at, service) ->
                    backends
                        .get(protocol)
                        .getOrDefault(at, List.of())
                        .forEach(use -> refuseCircle(use, service))));
    limits.ifPresent(found -> checkLimits(dataplane, found));
  }

  private void refuseCircle(Entry backend, Entry service) {
    problems.add(
        backend.offset(),
        backend.path(),
        "a service listens here, in line " + problems.source().line(service.offset()),
        "packets would go in circles; name the servers behind that service");
  }

  private void checkLimits(TomlTable dataplane, DataPlaneTable limits) {
    limit("max-services", limits.maxServices(), services);
    limit("max-source-routes", limits.maxSourceRoutes(), sourceRoutes);
    int different = backends.values().stream().mapToInt(Map::size).sum();
    if (different > limits.maxBackends()) {
      need(dataplane, "max-backends", limits.maxBackends(), different + " backends");
    }
    if (tableSlots > limits.maxTableSlots()) {
      need(dataplane, "max-table-slots", limits.maxTableSlots(), tableSlots + " table slots");
    }
  }

  private void limit(String key, int max, List<TomlTable> tables) {
    if (tables.size() > max) {
      TomlTable first = tables.get(max);
      problems.add(
          first.start(),
          first.path(),
          "is one more than " + key + " = " + max,
          "the file has " + tables.size() + ": raise " + key + " in [dataplane]");
    }
  }

  private void need(TomlTable dataplane, String key, int max, String needed) {
    problems.add(
        dataplane.find(key).map(Entry::offset).orElse(dataplane.start()),
        dataplane.pathOf(key),
        "the services need " + needed + ", more than " + max,
        "raise " + key + " in [dataplane]");
  }
}
