package io.ebpflb.runtime.config;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration.Group;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.OwnCheck;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.config.Configuration.Target;
import io.ebpflb.runtime.config.Configuration.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what a good config would run, in lines of at most 80 columns. */
public final class CheckReport {
  private static final int WIDTH = 80;
  private static final int LABEL_WIDTH = 13;

  private final Configuration config;
  private final StringBuilder out = new StringBuilder();

  private CheckReport(Configuration config) {
    this.config = config;
  }

  /** Several lines, the last one without a line end. Shows no setting of any plugin. */
  public static String of(Configuration config) {
    CheckReport report = new CheckReport(config);
    report.instance();
    config.services().forEach(report::service);
    return report.out.toString().stripTrailing();
  }

  private void instance() {
    Configuration.DataPlaneSettings dataplane = config.dataplane();
    field(config.file() + " is good", List.of());
    field("interfaces", dataplane.interfaces());
    field("hook", List.of(KebabCase.ofConstant(dataplane.hook())));
    field(
        "flows",
        List.of(
            "at most " + number(dataplane.flowsMax()),
            "idle " + DurationText.format(dataplane.establishedTimeout()),
            "half-open " + DurationText.format(dataplane.halfOpenTimeout()),
            "closing " + DurationText.format(dataplane.closingTimeout()),
            "udp " + DurationText.format(dataplane.udpTimeout()),
            "events " + (dataplane.flowEvents() ? "on" : "off")));
    field(
        "in use",
        List.of(
            used("services", config.services().size(), dataplane.servicesMax()),
            used(
                "targets",
                groups().mapToInt(g -> g.targets().size()).sum(),
                dataplane.backendsMax()),
            used(
                "source routes",
                config.services().stream().mapToInt(s -> s.routes().size()).sum(),
                dataplane.sourceRoutesMax())));
    List<String> admin = new ArrayList<>();
    config.admin().listen().ifPresent(endpoint -> admin.add(AddressText.format(endpoint)));
    admin.add(config.admin().socket().toString());
    field("admin", admin);
    field("metrics", List.of(config.metrics().path()));
    field("plugins", or(new TreeSet<>(config.pluginSettings().keySet()), "none"));
    field("extensions", or(extensions(), "none in use"));
  }

  private void service(Service service) {
    String address =
        service
            .address()
            .map(a -> Endpoints.format(a, service.port()))
            .orElse("*:" + service.port());
    out.append('\n');
    field(
        "service",
        List.of(
            service.name(),
            service.protocol().name().toLowerCase(Locale.ROOT) + " " + address,
            KebabCase.ofConstant(service.algorithm())));
    service.healthCheck().ifPresent(check -> healthCheck("  check", check));
    List<String> with =
        Stream.concat(service.modifiers().stream(), service.features().stream())
            .map(use -> use.extension().name())
            .distinct()
            .toList();
    if (!with.isEmpty()) {
      field("  with", with);
    }
    group(service.targets());
    for (SourceRoute route : service.routes()) {
      field("  from", List.of(new PrefixText(route.prefix(), route.prefixLength()).format()));
      group(route.targets());
    }
  }

  private void healthCheck(String label, HealthCheck check) {
    String port = check.port().isPresent() ? " on port " + check.port().getAsInt() : "";
    field(
        label,
        List.of(
            check.checker().extension().name()
                + port
                + " every "
                + DurationText.format(check.interval()),
            "timeout " + DurationText.format(check.timeout()),
            "rise " + check.rise(),
            "fall " + check.fall()));
  }

  private void ownCheck(OwnCheck own) {
    own.check()
        .ifPresentOrElse(
            check -> healthCheck("      check", check),
            () -> field("      check", List.of("none")));
  }

  private void group(Group group) {
    double sum = group.targets().stream().mapToDouble(Target::weight).sum();
    for (Target target : group.targets()) {
      String share = share(sum > 0 ? target.weight() / sum : 0.0);
      String resolver = target.resolver().extension().name();
      boolean plain = resolver.equals("static");
      field("    " + share, List.of(target.label() + (plain ? "" : " (" + resolver + ")")));
      target.ownCheck().ifPresent(this::ownCheck);
    }
    if (sum <= 0) {
      field("", List.of("no target has any weight: new flows are dropped"));
    }
  }

  private Stream<Group> groups() {
    return config.services().stream().flatMap(Service::groups);
  }

  private TreeSet<String> extensions() {
    Stream<Use> resolvers =
        groups().flatMap(group -> group.targets().stream()).map(Target::resolver);
    Stream<Use> others =
        config.services().stream()
            .flatMap(
                service ->
                    Stream.of(
                            service.checks().map(HealthCheck::checker),
                            service.modifiers().stream(),
                            service.features().stream())
                        .flatMap(uses -> uses));
    return Stream.concat(resolvers, others)
        .map(use -> use.extension().name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> or(TreeSet<String> values, String none) {
    return values.isEmpty() ? List.of(none) : List.copyOf(values);
  }

  private static String used(String what, int count, int max) {
    return number(count) + " of " + number(max) + " " + what;
  }

  /** A per cent with one digit behind the point, five characters wide without the sign. */
  private static String share(double part) {
    long tenths = Math.round(1000 * part);
    String text = tenths / 10 + "." + tenths % 10;
    return " ".repeat(5 - text.length()) + text + " %";
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /**
   * A label and its values with commas between, broken between values to stay within 80 columns.
   */
  private void field(String label, List<String> values) {
    StringBuilder line = new StringBuilder(label);
    for (int i = 0; i < values.size(); i++) {
      String value = Printable.text(values.get(i)) + (i + 1 < values.size() ? "," : "");
      boolean first = i == 0;
      if (!first && line.length() + 1 + value.length() > WIDTH) {
        end(line);
        line = new StringBuilder();
        first = true;
      }
      if (first) {
        line.append(" ".repeat(Math.max(1, LABEL_WIDTH - line.length())));
      } else {
        line.append(' ');
      }
      line.append(value);
    }
    end(line);
  }

  private void end(StringBuilder line) {
    out.append(line.length() <= WIDTH ? line : Printable.cut(line.toString(), WIDTH - 1))
        .append('\n');
  }
}
