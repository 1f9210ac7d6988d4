package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What maps hold, by its meaning: numbers of services, groups and backends, which depend on what
 * was there before, are followed to what they stand for.
 *
 * @param held endpoints whose packets the filter lets pass to the look-up of flows
 */
record MapContent(Map<ServiceKey, Listener> services, Set<Held> held) {

  record Listener(Plan.Selection selection, Table table, Map<Prefix, Table> routes) {}

  /**
   * @param order of the backends over the slots, as a hash
   */
  record Table(Map<Target, Integer> slots, int order) {
    static Table of(List<Target> bySlot) {
      Map<Target, Integer> slots = new HashMap<>();
      bySlot.forEach(target -> slots.merge(target, 1, Integer::sum));
      return new Table(slots, bySlot.hashCode());
    }
  }

  record Target(Endpoint endpoint, int ipProtocol, boolean hasIdleTimeout) {}

  record Held(String service, Protocol protocol, Endpoint endpoint) {}

  /**
   * What the plan says they shall hold.
   *
   * @param before what they hold now, of which departing backends stay
   */
  static MapContent planned(
      Plan plan, Collection<InetAddress> localAddresses, TableSize size, MapContent before) {
    Map<ServiceKey, Listener> services = new HashMap<>();
    Set<Held> held = new HashSet<>();
    for (Plan.Service service : plan.services()) {
      service.address().ifPresent(address -> add(service, address, size, services, held));
    }
    Set<ServiceKey> specific = Set.copyOf(services.keySet());
    for (Plan.Service service : plan.services()) {
      if (service.address().isEmpty()) {
        localAddresses.stream()
            .filter(address -> !specific.contains(key(service, address)))
            .filter(address -> serves(service, address))
            .forEach(address -> add(service, address, size, services, held));
      }
    }
    for (Plan.Service service : plan.closing()) {
      service.address().map(List::of).orElse(List.copyOf(localAddresses)).stream()
          .filter(address -> !services.containsKey(key(service, address)))
          .forEach(address -> add(service, address, size, services, held));
    }
    for (Held each : before.held()) {
      if (plan.departing().contains(new Plan.Departing(each.service(), each.endpoint()))) {
        held.add(each);
      }
    }
    return new MapContent(services, held);
  }

  private static void add(
      Plan.Service service,
      InetAddress address,
      TableSize size,
      Map<ServiceKey, Listener> services,
      Set<Held> held) {
    boolean isIpv4 = address instanceof Inet4Address;
    Map<Prefix, Table> routes = new HashMap<>();
    List<Plan.Group> groups = new ArrayList<>(List.of(service.group()));
    for (Plan.Route route : service.routes()) {
      if (route.source().address() instanceof Inet4Address == isIpv4) {
        routes.put(route.source(), table(service, route.group(), isIpv4, size));
        groups.add(route.group());
      }
    }
    services.put(
        key(service, address),
        new Listener(service.selection(), table(service, service.group(), isIpv4, size), routes));
    for (Plan.Group group : groups) {
      for (Weighted backend : TableSlots.content(group, isIpv4)) {
        held.add(new Held(service.name(), service.protocol(), backend.endpoint()));
      }
    }
  }

  private static ServiceKey key(Plan.Service service, InetAddress address) {
    return new ServiceKey(address, service.port(), service.protocol());
  }

  /** A wildcard serves the families that it has backends of, or both. */
  private static boolean serves(Plan.Service service, InetAddress address) {
    List<InetAddress> backends = new ArrayList<>();
    service.group().backends().forEach(each -> backends.add(each.endpoint().address()));
    for (Plan.Route route : service.routes()) {
      route.group().backends().forEach(each -> backends.add(each.endpoint().address()));
    }
    return backends.isEmpty()
        || backends.stream().anyMatch(each -> each.getClass() == address.getClass());
  }

  private static Table table(
      Plan.Service service, Plan.Group group, boolean isIpv4, TableSize size) {
    List<Weighted> backends = TableSlots.content(group, isIpv4);
    List<Target> bySlot = new ArrayList<>();
    for (short index : MaglevTable.build(backends, size)) {
      bySlot.add(
          new Target(
              backends.get(index).endpoint(),
              WireFormat.ipProtocol(service.protocol()),
              service.idleTimeout().isPresent()));
    }
    return Table.of(bySlot);
  }

  /** Bits of the services' half of the filter. */
  long[] serviceBits() {
    long[] bits = FilterBits.none();
    for (ServiceKey key : services.keySet()) {
      FilterBits.addTo(bits, key.address(), key.port(), WireFormat.ipProtocol(key.protocol()));
    }
    return bits;
  }

  /** Bits of the backends' half of the filter. */
  long[] backendBits() {
    long[] bits = FilterBits.none();
    for (Held each : held) {
      Endpoint endpoint = each.endpoint();
      FilterBits.addTo(
          bits, endpoint.address(), endpoint.port(), WireFormat.ipProtocol(each.protocol()));
    }
    return bits;
  }
}
