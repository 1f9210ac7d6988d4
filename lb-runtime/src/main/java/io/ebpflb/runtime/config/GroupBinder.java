package io.ebpflb.runtime.config;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.Configuration.Group;
import io.ebpflb.runtime.config.Configuration.OwnCheck;
import io.ebpflb.runtime.config.Configuration.Target;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.config.ServiceBinder.Frame;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** Binds the targets of a service or of a route. */
final class GroupBinder {
  static final int TARGETS_MAX = Backend.GROUP_MAX;
  private static final String TARGET = "target";
  private static final String ADDRESS = "address";
  private static final String HOST = "host";
  private static final String RESOLVER = "resolver";
  private static final String STATIC = "static";
  private static final String DNS = "dns";

  /** What targets of all resolvers may have, beside a {@link TargetTable}. */
  private static final Set<String> COMMON = Set.of(RESOLVER, HealthCheckBinder.KEY);

  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*(:[0-9]*)?");

  private final Problems problems;
  private final RecordBinder records;
  private final InstalledExtensions installed;
  private final HealthCheckBinder healthChecks;
  private final CrossCheck crossCheck;

  GroupBinder(
      Problems problems,
      RecordBinder records,
      ExtensionCatalog catalog,
      HealthCheckBinder healthChecks,
      CrossCheck crossCheck) {
    this.problems = problems;
    this.records = records;
    this.installed = new InstalledExtensions(problems, catalog);
    this.healthChecks = healthChecks;
    this.crossCheck = crossCheck;
  }

  /**
   * @param table whose key {@code target} is meant
   */
  Optional<Group> bind(TomlTable table, Frame frame) {
    Optional<Entry> entry = table.find(TARGET);
    if (entry.isEmpty()) {
      problems.add(
          table.start(),
          table.pathOf(TARGET),
          "there is no target",
          "expected: target = [ { address = \"10.0.0.1:8080\", weight = 1 } ]");
      return Optional.empty();
    }
    if (!(entry.get().value() instanceof TomlArray array)) {
      return refuse(
          entry.get(),
          "is " + entry.get().value().describe() + ", not a list",
          "expected: target = [ { … } ], or [[service.target]] with two pairs of brackets");
    }
    int count = array.elements().size();
    if (count == 0 || count > TARGETS_MAX) {
      return refuse(
          entry.get(), count + " targets", "expected: 1 to " + TARGETS_MAX + " in one group");
    }
    List<Target> targets = new ArrayList<>();
    for (TomlNode element : array.elements()) {
      if (!(element instanceof TomlTable target)) {
        return refuse(
            entry.get(),
            "each target is a table",
            "expected: target = [ { address = \"10.0.0.1:8080\" } ]");
      }
      target(target, frame).ifPresent(targets::add);
    }
    return targets.size() == count ? Optional.of(new Group(targets)) : Optional.empty();
  }

  private Optional<Group> refuse(Entry entry, String what, String expected) {
    problems.add(entry.offset(), entry.path(), what, expected);
    return Optional.empty();
  }

  private Optional<Target> target(TomlTable table, Frame frame) {
    TableBinding binding = records.open(table);
    Optional<TargetTable> common = binding.bind(TargetTable.class);
    binding.know(COMMON);
    Optional<OwnCheck> ownCheck = healthChecks.ofTarget(table, frame.healthCheck());
    Optional<Extension<?>> resolver = resolver(table);
    if (resolver.isEmpty()) {
      return Optional.empty();
    }
    boolean isStatic = isStatic(resolver.get());
    AtomicReference<String> endpoint = new AtomicReference<>(STATIC);
    Optional<Entry> address = isStatic ? table.find(ADDRESS) : Optional.empty();
    // What is no text is left to binding.
    Optional<String> text = address.flatMap(Entry::text);
    boolean reachable =
        text.isEmpty()
            || records.check(
                table, ADDRESS, () -> endpoint.set(endpoint(address.get(), text.get(), frame)));
    Optional<Use> use =
        reachable
            ? binding.bindSettings(resolver.get().configType()).map(s -> new Use(resolver.get(), s))
            : Optional.empty();
    if (!reachable) {
      binding.know(resolver.get().configType());
    }
    binding.refuseUnknown();
    return use.isPresent() && common.isPresent()
        ? Optional.of(
            new Target(
                use.get(),
                isStatic ? endpoint.get() : label(resolver.get(), table),
                common.get().weight(),
                ownCheck,
                common.get().atStart()))
        : Optional.empty();
  }

  private Optional<Extension<?>> resolver(TomlTable table) {
    Optional<Entry> address = table.find(ADDRESS);
    Optional<Entry> host = table.find(HOST);
    if (table.find(RESOLVER).isPresent()) {
      Entry named = table.find(RESOLVER).get();
      if (named.text().isEmpty()) {
        problems.add(
            named.offset(),
            named.path(),
            "is " + named.value().describe() + ", not text",
            "expected: text in quotes, the name of a resolver");
      }
      return installed.named(Extension.Kind.TARGET_RESOLVER, table, RESOLVER);
    }
    if (address.isPresent() && host.isPresent()) {
      problems.add(
          host.get().offset(),
          host.get().path(),
          "a target has an address or a host, not both",
          "write two targets");
      return Optional.empty();
    }
    if (address.isPresent()) {
      return installed.implied(Extension.Kind.TARGET_RESOLVER, STATIC, address.get());
    }
    if (host.isPresent()) {
      return installed.implied(Extension.Kind.TARGET_RESOLVER, DNS, host.get());
    }
    if (misspelt(table)) {
      return Optional.empty();
    }
    problems.add(
        table.start(),
        table.path(),
        "names nothing to send packets to",
        "expected: address = \"10.0.0.1:8080\", host = \"…\" or resolver = \"…\"");
    return Optional.empty();
  }

  /** Reports keys that look like what a target is named by. */
  private boolean misspelt(TomlTable table) {
    List<String> naming = List.of(ADDRESS, HOST, RESOLVER);
    if (table.entries().stream().allMatch(e -> NearNames.of(e.key(), naming).isEmpty())) {
      return false;
    }
    TableBinding binding = records.open(table);
    binding.know(
        Set.of(ADDRESS, HOST, RESOLVER, "weight", "port", "at-start", HealthCheckBinder.KEY));
    binding.refuseUnknown();
    return true;
  }

  /** Whether a target's address is written in the config, which is then its label, too. */
  static boolean isStatic(Extension<?> resolver) {
    return resolver.name().equals(STATIC);
  }

  /**
   * The endpoint that the text means, in one form for all texts of it, if it can be balanced to.
   */
  private String endpoint(Entry entry, String text, Frame frame) throws Refusal {
    InetSocketAddress endpoint = targetEndpoint(text);
    AddressRules.refuseUnroutable(endpoint.getAddress());
    Family family = Family.of(endpoint.getAddress());
    if (!frame.family().takes(family)) {
      throw new Refusal(
          "an " + family + " target of " + frame.familyOwner(),
          "addresses are not translated between IPv4 and IPv6");
    }
    String label = AddressText.format(endpoint);
    crossCheck.backend(entry, label, frame.protocol());
    return label;
  }

  private static InetSocketAddress targetEndpoint(String text) throws Refusal {
    try {
      return AddressText.endpoint(text);
    } catch (Refusal e) {
      if (HOST_NAME.matcher(text).matches()) {
        throw new Refusal(
            "not an IP address", AddressText.EXPECTED_ENDPOINT + "; a name goes to host = \"…\"");
      }
      throw e;
    }
  }

  private static String label(Extension<?> resolver, TomlTable table) {
    String port =
        table
            .find("port")
            .filter(entry -> entry.value() instanceof TomlScalar)
            .map(entry -> ":" + ((TomlScalar) entry.value()).value())
            .orElse("");
    String name = table.findText(HOST).or(() -> ownText(table)).orElse("");
    return (resolver.name().equals(DNS) ? "" : resolver.name() + ":") + name + port;
  }

  private static Optional<String> ownText(TomlTable table) {
    return table.entries().stream()
        .filter(entry -> !entry.key().equals(RESOLVER))
        .flatMap(entry -> entry.text().stream())
        .findFirst();
  }
}
