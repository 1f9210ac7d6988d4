package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import io.ebpflb.runtime.dataplane.Plan.Route;
import io.ebpflb.runtime.dataplane.Plan.Service;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns a plan into a {@link Blueprint}. A wildcard service becomes one key for each local address
 * that no other service names with this port and protocol, in the families that it has backends of
 * (both, if it has none at all: its clients are dropped, not served by someone else).
 */
final class PlanExpansion {
  private final Map<ServiceKey, ServicePart> keys = new LinkedHashMap<>();
  private final List<ServicePart> parts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<Service, List<ServicePart>> known = new IdentityHashMap<>();
  private final Collection<InetAddress> localAddresses;
  private final Set<ServiceKey> claims = new HashSet<>();

  private PlanExpansion(Collection<InetAddress> localAddresses, Blueprint earlier) {
    this.localAddresses = localAddresses;
    for (ServicePart part : earlier.parts()) {
      known.computeIfAbsent(part.service(), service -> new ArrayList<>(1)).add(part);
    }
  }

  /**
   * @param earlier whose services need not be worked out again, as far as the plan has the same
   * @param room for keys
   * @throws DataPlaneException if the plan contradicts itself
   */
  static Blueprint expand(
      Plan plan, Collection<InetAddress> localAddresses, Blueprint earlier, int room) {
    PlanExpansion expansion = new PlanExpansion(localAddresses, earlier);
    plan.services().forEach(expansion::checkName);
    plan.services().stream().filter(s -> s.address().isPresent()).forEach(expansion::addSpecific);
    List<Service> wildcards = plan.services().stream().filter(s -> s.address().isEmpty()).toList();
    if (!wildcards.isEmpty()) {
      Set<ServiceKey> specific = Set.copyOf(expansion.keys.keySet());
      wildcards.forEach(service -> expansion.addWildcard(service, specific));
    }
    plan.closing().forEach(service -> expansion.addClosing(service, room));
    return new Blueprint(
        expansion.keys,
        List.copyOf(expansion.parts),
        plan.departing().stream()
            .map(departing -> new DataPlane.BackendKey(departing.service(), departing.endpoint()))
            .collect(Collectors.toUnmodifiableSet()),
        expansion.claims);
  }

  /** Whoever listens there now goes first. */
  private void addClosing(Service service, int room) {
    Map<Byte, ServicePart> ofFamily = new HashMap<>();
    for (InetAddress address :
        service.address().map(List::of).orElse(List.copyOf(localAddresses))) {
      ServiceKey key = new ServiceKey(address, service.port(), service.protocol());
      if (!keys.containsKey(key) && keys.size() < room) {
        byte family = WireFormat.family(address);
        keys.put(key, ofFamily.computeIfAbsent(family, f -> part(service, f)));
      } else if (!keys.containsKey(key)) {
        claims.add(key);
      }
    }
  }

  private void checkName(Service service) {
    if (!names.add(service.name())) {
      throw new DataPlaneException("two services are named \"" + service.name() + "\"");
    }
  }

  private void addSpecific(Service service) {
    InetAddress address = service.address().orElseThrow();
    byte family = WireFormat.family(address);
    if (!known.containsKey(service)) {
      endpoints(service).forEach(backend -> checkFamily(service, family, backend));
      service.routes().forEach(route -> checkFamily(service, family, route.source()));
    }
    addKey(new ServiceKey(address, service.port(), service.protocol()), part(service, family));
  }

  private void addWildcard(Service service, Set<ServiceKey> specific) {
    for (Route route : service.routes()) {
      byte family = WireFormat.family(route.source().address());
      route.group().backends().forEach(backend -> checkFamily(service, family, backend));
    }
    Set<Byte> families =
        endpoints(service)
            .map(backend -> WireFormat.family(backend.endpoint().address()))
            .collect(Collectors.toSet());
    Map<Byte, ServicePart> ofFamily = new HashMap<>();
    for (InetAddress address : localAddresses) {
      byte family = WireFormat.family(address);
      ServiceKey key = new ServiceKey(address, service.port(), service.protocol());
      if (specific.contains(key) || !families.isEmpty() && !families.contains(family)) {
        continue;
      }
      addKey(key, ofFamily.computeIfAbsent(family, f -> part(service, f)));
    }
  }

  private void addKey(ServiceKey key, ServicePart part) {
    ServicePart other = keys.putIfAbsent(key, part);
    if (other != null) {
      throw new DataPlaneException(
          "services \""
              + other.identity().name()
              + "\" and \""
              + part.identity().name()
              + "\" both listen on "
              + key);
    }
  }

  private ServicePart part(Service service, byte family) {
    ServicePart part =
        known.getOrDefault(service, List.of()).stream()
            .filter(each -> each.family() == family)
            .findFirst()
            .orElseGet(() -> new ServicePart(service, family));
    parts.add(part);
    return part;
  }

  private static Stream<Weighted> endpoints(Service service) {
    return Stream.concat(
        service.group().backends().stream(),
        service.routes().stream().flatMap(route -> route.group().backends().stream()));
  }

  private static void checkFamily(Service service, byte family, Weighted backend) {
    InetAddress address = backend.endpoint().address();
    if (WireFormat.family(address) != family) {
      String endpoint = Endpoints.format(address, backend.endpoint().port());
      throw otherFamily(service, "backend " + endpoint, address, family);
    }
  }

  private static void checkFamily(Service service, byte family, Prefix source) {
    if (WireFormat.family(source.address()) != family) {
      throw otherFamily(service, "source route " + text(source), source.address(), family);
    }
  }

  private static DataPlaneException otherFamily(
      Service service, String what, InetAddress address, byte family) {
    return new DataPlaneException(
        "service \""
            + service.name()
            + "\": "
            + what
            + " is "
            + familyText(WireFormat.family(address))
            + ", where packets are "
            + familyText(family)
            + "; they are not translated from one to the other");
  }

  private static String familyText(byte family) {
    return family == WireFormat.FAMILY_IPV4 ? "IPv4" : "IPv6";
  }

  static String text(Prefix source) {
    return Endpoints.format(source.address()) + "/" + source.length();
  }

  static List<InetAddress> withoutScopes(Collection<InetAddress> addresses) {
    return addresses.stream().map(PlanExpansion::withoutScope).distinct().toList();
  }

  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
