package io.ebpflb.runtime.service;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What earlier configs named and the one in force does not, while its flows finish: services that
 * were removed, and addresses that services no longer listen on. Such an address stays claimed and
 * takes no new flows, because packets to an address that nobody claims go to the network stack,
 * which would reset the flows that still run. Lives on the reconciler's loop.
 */
final class Leftovers {
  private record Listener(Optional<InetAddress> address, int port, Protocol protocol) {
    static Listener of(Service service) {
      return new Listener(service.address(), service.port(), service.protocol());
    }

    static Listener wildcard(Service service) {
      return new Listener(Optional.empty(), service.port(), service.protocol());
    }
  }

  /**
   * @param service as it was configured
   * @param untilNanos when the address is given up
   */
  private record Former(Service service, long untilNanos) {}

  private final Loop loop;
  private final Map<Listener, Former> listeners = new LinkedHashMap<>();
  private final Map<String, Departures> removed = new HashMap<>();

  Leftovers(Loop loop) {
    this.loop = loop;
  }

  /** As they are once {@code after} has taken the place of {@code before}; changes nothing. */
  Leftovers next(List<BalancedService> before, List<BalancedService> after) {
    Leftovers next = new Leftovers(loop);
    Map<String, Service> names =
        after.stream()
            .map(BalancedService::config)
            .collect(Collectors.toMap(Service::name, Function.identity()));
    Set<Listener> claimed =
        names.values().stream().map(Listener::of).collect(Collectors.toUnmodifiableSet());
    next.listeners.putAll(listeners);
    next.removed.putAll(removed);
    next.removed.keySet().removeAll(names.keySet());
    for (BalancedService service : before) {
      Service config = service.config();
      Optional<Service> successor = Optional.ofNullable(names.get(config.name()));
      if (successor.isEmpty()) {
        Departures departures = new Departures(loop, config.drainTimeout());
        departures.succeed(service.departures(), Set.of());
        next.removed.put(config.name(), departures);
      }
      if (!successor.map(Listener::of).equals(Optional.of(Listener.of(config)))) {
        long untilNanos = loop.nanoTime() + config.drainTimeout().toNanos();
        next.listeners.put(Listener.of(config), new Former(config, untilNanos));
      }
    }
    next.listeners
        .values()
        .removeIf(
            former ->
                claimed.contains(Listener.of(former.service()))
                    || claimed.contains(Listener.wildcard(former.service())));
    return next;
  }

  /** What a removed service left, for one of the same name that comes back. */
  Optional<Departures> departuresOf(String service) {
    return Optional.ofNullable(removed.get(service));
  }

  /** Backends of removed services that are leaving. */
  Map<String, List<DepartingSnapshot>> departing() {
    Map<String, List<DepartingSnapshot>> departing = new HashMap<>();
    removed.forEach((service, departures) -> departing.put(service, departures.snapshots()));
    return departing;
  }

  /** Backends of removed services that may have flows. */
  List<BackendKey> known() {
    return departing().entrySet().stream()
        .flatMap(
            each ->
                each.getValue().stream()
                    .map(departing -> new BackendKey(each.getKey(), departing.endpoint())))
        .toList();
  }

  /** Looks whose time is over. */
  void look(Map<BackendKey, BackendCounters> counters) {
    removed.forEach(
        (service, departures) ->
            departures.look(
                endpoint ->
                    counters
                        .getOrDefault(new BackendKey(service, endpoint), BackendCounters.ZERO)
                        .active()));
    Set<String> finished =
        removed.entrySet().stream()
            .filter(each -> each.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
    removed.keySet().removeAll(finished);
    listeners
        .values()
        .removeIf(
            former ->
                finished.contains(former.service().name())
                    || loop.nanoTime() - former.untilNanos() >= 0);
  }

  boolean isEmpty() {
    return listeners.isEmpty() && removed.isEmpty();
  }

  /** The plan, and what must go on being known beside it. */
  Plan addTo(Plan plan) {
    if (isEmpty()) {
      return plan;
    }
    List<Plan.Departing> departing = new ArrayList<>(plan.departing());
    removed.forEach(
        (service, departures) ->
            departures
                .underWay()
                .forEach(endpoint -> departing.add(new Plan.Departing(service, endpoint))));
    return new Plan(
        plan.services(),
        departing,
        listeners.values().stream().map(former -> closed(former.service())).toList());
  }

  private static Plan.Service closed(Service service) {
    String protocol = service.protocol().name().toLowerCase(Locale.ROOT);
    return new Plan.Service(
        service.name() + ", gone from " + Planner.listen(service) + "/" + protocol,
        service.address(),
        service.port(),
        service.protocol(),
        Plan.Selection.FIVE_TUPLE,
        new Plan.Group(List.of()),
        List.of(),
        Optional.empty());
  }
}
