package io.ebpflb.plugin.dns;

import io.ebpflb.api.Doc;
import io.ebpflb.api.Metrics.Counter;
import io.ebpflb.api.Metrics.Gauge;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Role;
import io.ebpflb.plugin.dns.HostStatus.Outcome;
import io.ebpflb.plugin.dns.HostStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All hosts that targets name: their metrics and what an operator can do. */
final class Hosts {
  private final PluginContext context;
  private final Gauge resolutionStatus;
  private final Counter resolutions;
  private final List<HostStatus> followed = new ArrayList<>();

  Hosts(PluginContext context) {
    this.context = context;
    resolutionStatus =
        context
            .metrics()
            .gauge(
                "resolution_status",
                "1 after a good answer, 0 while the last good answer stays in force or there is"
                    + " none",
                "host");
    resolutions =
        context.metrics().counter("resolutions_total", "Resolutions by how they ended", "outcome");
    context.operation("dns status", NoConfig.class, Role.VIEWER, none -> table());
    context.operation("dns resolve", ResolveArgs.class, Role.OPERATOR, this::resolve);
  }

  record ResolveArgs(@Doc("Host name as the config has it") Optional<String> host) {}

  HostStatus follow(TargetSettings target) {
    HostStatus status = new HostStatus(this, target);
    followed.add(status);
    return status;
  }

  /** A reload makes the next status of a host before it closes the last. */
  void forget(HostStatus status) {
    String label = status.target().label();
    if (followed.remove(status)
        && followed.stream().noneMatch(other -> other.target().label().equals(label))) {
      resolutionStatus.remove(label);
    }
  }

  void count(HostStatus status, Outcome outcome) {
    resolutionStatus.set(status.state() == State.FAILING ? 0 : 1, status.target().label());
    resolutions.add(1, text(outcome));
  }

  void announce(String name, HostStatus status, String detail) {
    context.announce(name, status.target().label(), detail);
  }

  Instant now() {
    return context.clock().instant();
  }

  private OperationResult table() {
    OperationResult table =
        OperationResult.table("host", "record", "status", "age-seconds", "backends", "problem");
    for (HostStatus each : followed) {
      table =
          table.row(
              each.target().label(),
              each.target().record().name().toLowerCase(Locale.ROOT),
              text(each.state()),
              each.resolvedAt().map(at -> Duration.between(at, now()).toSeconds()).orElse(-1L),
              String.join(" ", each.backends()),
              each.problem().orElse(""));
    }
    return table;
  }

  private OperationResult resolve(ResolveArgs args) {
    List<String> hosts = followed.stream().map(each -> each.target().host()).distinct().toList();
    if (args.host().isPresent() && !hosts.contains(args.host().get())) {
      throw new IllegalArgumentException(
          "no target has the host \""
              + args.host().get()
              + "\"; there are: "
              + String.join(", ", hosts));
    }
    // The runtime asks for all targets of this plugin: one question more for the others.
    context.refresh();
    return OperationResult.done("asking the name servers again");
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
