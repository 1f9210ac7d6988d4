package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Backend;
import io.ebpflb.runtime.dataplane.Blueprint.ServiceIdentity;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import io.ebpflb.runtime.dataplane.Plan.Route;
import io.ebpflb.runtime.dataplane.Plan.Service;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a service means for one family of addresses. Immutable, and as long as a service stays the
 * same from plan to plan, so does its part: the next plan need not work it out again.
 */
final class ServicePart {
  private final Service service;
  private final byte family;
  private final ServiceIdentity identity;
  private final GroupContent group;
  private final Map<Prefix, GroupContent> routes;
  private final List<GroupContent> contents;
  private final Map<BackendIdentity, BackendEntry> backends;

  /**
   * @throws DataPlaneException if the service contradicts itself, or has too many backends
   */
  ServicePart(Service service, byte family) {
    this.service = service;
    this.family = family;
    identity = new ServiceIdentity(service.name(), service.protocol());
    routes = routes(service, family);
    group = content(service, family, service.group());
    // Routes often share a group.
    contents = Stream.concat(Stream.of(group), routes.values().stream()).distinct().toList();
    backends = entries();
  }

  private static Map<Prefix, GroupContent> routes(Service service, byte family) {
    Map<Prefix, GroupContent> routes = new LinkedHashMap<>();
    Map<Plan.Group, GroupContent> known = new IdentityHashMap<>();
    for (Route route : service.routes()) {
      if (WireFormat.family(route.source().address()) == family
          && routes.put(
                  route.source(),
                  known.computeIfAbsent(route.group(), each -> content(service, family, each)))
              != null) {
        throw new DataPlaneException(
            "service \""
                + service.name()
                + "\": two source routes for "
                + PlanExpansion.text(route.source()));
      }
    }
    return routes;
  }

  private static GroupContent content(Service service, byte family, Plan.Group group) {
    GroupContent content =
        GroupContent.of(
            group.backends().stream()
                .filter(backend -> WireFormat.family(backend.endpoint().address()) == family)
                .toList());
    if (content.backends().size() > Backend.GROUP_MAX) {
      throw new DataPlaneException(
          "service \""
              + service.name()
              + "\": "
              + content.backends().size()
              + " backends in one group, at most "
              + Backend.GROUP_MAX);
    }
    return content;
  }

  private Map<BackendIdentity, BackendEntry> entries() {
    Map<BackendIdentity, BackendEntry> found = new LinkedHashMap<>();
    for (GroupContent content : contents) {
      for (Weighted backend : content.backends()) {
        found.put(
            new BackendIdentity(service.name(), service.protocol(), backend.endpoint()),
            new BackendEntry(backend.endpoint(), service.protocol(), service.idleTimeout()));
      }
    }
    return found;
  }

  /** Whether it is the same service's part for the same family, however both may change. */
  boolean isSuccessorOf(ServicePart earlier) {
    return this == earlier || family == earlier.family && identity.equals(earlier.identity);
  }

  /** Whether all that the maps hold of it, but for slots of tables, is what they hold of this. */
  boolean differsByWeightsAlone(ServicePart earlier) {
    return isSuccessorOf(earlier)
        && service.selection() == earlier.service.selection()
        && routes.keySet().equals(earlier.routes.keySet())
        && backends.equals(earlier.backends);
  }

  /** What it was made of. */
  Service service() {
    return service;
  }

  byte family() {
    return family;
  }

  ServiceIdentity identity() {
    return identity;
  }

  GroupContent group() {
    return group;
  }

  Map<Prefix, GroupContent> routes() {
    return routes;
  }

  /** Its different groups, each once. */
  List<GroupContent> contents() {
    return contents;
  }

  /** Of all its groups. */
  Map<BackendIdentity, BackendEntry> backends() {
    return backends;
  }
}
