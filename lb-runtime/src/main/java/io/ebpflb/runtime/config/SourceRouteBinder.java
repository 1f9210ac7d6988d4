package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.Configuration.Group;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.config.ServiceBinder.Frame;
import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Binds the {@code [[service.source-route]]} tables of a service. */
final class SourceRouteBinder {
  private static final String SOURCE_ROUTE = "source-route";

  private final Problems problems;
  private final RecordBinder records;
  private final GroupBinder groups;
  private final CrossCheck crossCheck;

  SourceRouteBinder(
      Problems problems, RecordBinder records, GroupBinder groups, CrossCheck crossCheck) {
    this.problems = problems;
    this.records = records;
    this.groups = groups;
    this.crossCheck = crossCheck;
  }

  List<SourceRoute> bind(TomlTable service, Frame frame) {
    Optional<Entry> entry = service.find(SOURCE_ROUTE);
    List<SourceRoute> routes = new ArrayList<>();
    if (entry.isEmpty()) {
      return routes;
    }
    Map<PrefixText, Entry> seen = new HashMap<>();
    List<TomlNode> elements =
        entry.get().value() instanceof TomlArray array ? array.elements() : List.of(service);
    for (TomlNode element : elements) {
      if (!(element instanceof TomlTable table) || table == service) {
        problems.add(
            entry.get().offset(),
            entry.get().path(),
            "each route is a table",
            "expected: [[service.source-route]] with two pairs of brackets");
        return routes;
      }
      bind(table, frame, seen).ifPresent(routes::add);
    }
    return routes;
  }

  private Optional<SourceRoute> bind(TomlTable table, Frame frame, Map<PrefixText, Entry> seen) {
    crossCheck.sourceRoute(table);
    TableBinding binding = records.open(table);
    Optional<PrefixText> source =
        binding
            .bind(SourceRouteTable.class)
            .flatMap(route -> source(table, route.source(), frame, seen));
    binding.know(Set.of("target"));
    binding.refuseUnknown();
    Optional<Group> group =
        groups.bind(table, frame.ofClients(source.map(p -> Family.of(p.address()))));
    return source.flatMap(
        prefix -> group.map(g -> new SourceRoute(prefix.address(), prefix.length(), g)));
  }

  private Optional<PrefixText> source(
      TomlTable table, String text, Frame frame, Map<PrefixText, Entry> seen) {
    Entry entry = table.find("source").orElseThrow();
    try {
      PrefixText prefix = PrefixText.parse(text);
      if (!frame.family().takes(Family.of(prefix.address()))) {
        throw new Refusal(
            "no client of " + frame.familyOwner() + " has such an address",
            "expected: an " + frame.family() + " prefix");
      }
      Entry first = seen.putIfAbsent(prefix, entry);
      if (first != null) {
        throw new Refusal(
            "is routed already, in line " + problems.source().line(first.offset()), "");
      }
      return Optional.of(prefix);
    } catch (Refusal e) {
      problems.add(entry.offset(), entry.path(), e.getMessage(), e.expected());
      return Optional.empty();
    }
  }
}
