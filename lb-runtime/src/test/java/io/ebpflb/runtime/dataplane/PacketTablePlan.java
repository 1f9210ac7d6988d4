package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The services that the packet table is about: each for both families and both protocols. */
final class PacketTablePlan {
  /** A backend whose link address nobody knows. */
  static final int UNREACHABLE_BACKEND = 50;

  private PacketTablePlan() {}

  static Plan plan() {
    List<Plan.Service> services = new ArrayList<>();
    for (Scene.Family family : Scene.Family.values()) {
      for (Protocol protocol : Protocol.values()) {
        services.addAll(services(family, protocol));
      }
    }
    for (Protocol protocol : Protocol.values()) {
      services.add(
          new Plan.Service(
              "any-" + protocol,
              Optional.empty(),
              Scene.ANY_ADDRESS,
              protocol,
              Plan.Selection.FIVE_TUPLE,
              group(
                  weighted(Scene.Family.IPV4, Scene.BACKEND, 1),
                  weighted(Scene.Family.IPV6, Scene.BACKEND, 1)),
              List.of(),
              Optional.empty()));
    }
    return new Plan(services, List.of());
  }

  static String name(Scene.Family family, boolean tcp, int port) {
    return family + "-" + (tcp ? Protocol.TCP : Protocol.UDP) + "-" + port;
  }

  private static List<Plan.Service> services(Scene.Family family, Protocol protocol) {
    Plan.Weighted backend = weighted(family, Scene.BACKEND, 1);
    Plan.Weighted other = weighted(family, Scene.OTHER_BACKEND, 1);
    return List.of(
        service(family, protocol, Scene.WEB, group(backend)),
        service(family, protocol, Scene.SAME_BACKEND, group(backend)),
        service(family, protocol, Scene.TWO_BACKENDS, group(backend, other)),
        service(
            family,
            protocol,
            Scene.TAGGED,
            group(weighted(family.on(PacketLab.TAGGED_BACKEND_NETWORK, Scene.BACKEND), 1))),
        service(family, protocol, Scene.NARROW, group(weighted(family, Scene.NARROW_HOST, 1))),
        service(family, protocol, Scene.NO_BACKEND, group()),
        service(family, protocol, Scene.ALL_ZERO, group(weighted(family, Scene.STRANGER - 1, 0))),
        service(
            family, protocol, Scene.UNREACHABLE, group(weighted(family, UNREACHABLE_BACKEND, 1))),
        new Plan.Service(
            name(family, protocol == Protocol.TCP, Scene.BY_SOURCE),
            Optional.of(family.service()),
            Scene.BY_SOURCE,
            protocol,
            Plan.Selection.SOURCE,
            group(backend, other),
            List.of(),
            Optional.empty()),
        service(
            family,
            protocol,
            Scene.ROUTED,
            group(backend),
            // The client is in both prefixes: the longer one wins.
            new Plan.Route(prefix(family, 0, family == Scene.Family.IPV4 ? 16 : 48), group()),
            new Plan.Route(
                prefix(family, Scene.ROUTED_CLIENT, family == Scene.Family.IPV4 ? 32 : 128),
                group(other))));
  }

  private static Plan.Service service(
      Scene.Family family, Protocol protocol, int port, Plan.Group group, Plan.Route... routes) {
    return new Plan.Service(
        name(family, protocol == Protocol.TCP, port),
        Optional.of(family.service()),
        port,
        protocol,
        Plan.Selection.FIVE_TUPLE,
        group,
        List.of(routes),
        Optional.empty());
  }

  private static Plan.Group group(Plan.Weighted... backends) {
    return new Plan.Group(List.of(backends));
  }

  private static Plan.Weighted weighted(Scene.Family family, int host, double weight) {
    return weighted(family.onBackendSide(host), weight);
  }

  private static Plan.Weighted weighted(InetAddress address, double weight) {
    return new Plan.Weighted(new Plan.Endpoint(address, Scene.BACKEND_PORT), weight);
  }

  private static Plan.Prefix prefix(Scene.Family family, int host, int length) {
    InetAddress address =
        host == 0
            ? family == Scene.Family.IPV4 ? parse("10.91.0.0") : parse("fd91::")
            : family.onClientSide(host);
    return new Plan.Prefix(address, length);
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
