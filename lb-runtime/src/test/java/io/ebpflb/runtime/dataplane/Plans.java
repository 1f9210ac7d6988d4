package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.Plan.Departing;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Group;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import io.ebpflb.runtime.dataplane.Plan.Route;
import io.ebpflb.runtime.dataplane.Plan.Selection;
import io.ebpflb.runtime.dataplane.Plan.Service;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plans in a few words. */
final class Plans {
  private Plans() {}

  static InetAddress ip(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Endpoint endpoint(String address) {
    return new Endpoint(ip(address), 8080);
  }

  static Weighted backend(String address, double weight) {
    return new Weighted(endpoint(address), weight);
  }

  static Group group(Weighted... backends) {
    return new Group(List.of(backends));
  }

  /** So many backends 10.NETWORK.x.y of weight 1. */
  static Group group(int network, int backends) {
    return new Group(
        IntStream.range(0, backends)
            .mapToObj(i -> backend("10." + network + "." + i / 250 + "." + (1 + i % 250), 1))
            .toList());
  }

  static Route route(String address, int length, Group group) {
    return new Route(new Prefix(ip(address), length), group);
  }

  static Service tcp(String name, String address, Group group, Route... routes) {
    return service(name, Optional.of(ip(address)), Selection.FIVE_TUPLE, group, routes);
  }

  static Service wildcard(String name, Group group, Route... routes) {
    return service(name, Optional.empty(), Selection.FIVE_TUPLE, group, routes);
  }

  static Service service(
      String name,
      Optional<InetAddress> address,
      Selection selection,
      Group group,
      Route... routes) {
    return new Service(
        name, address, 80, Protocol.TCP, selection, group, Arrays.asList(routes), Optional.empty());
  }

  static Plan plan(Service... services) {
    return new Plan(List.of(services), List.of());
  }

  static Plan departing(Plan plan, String service, String address) {
    return new Plan(plan.services(), List.of(new Departing(service, endpoint(address))));
  }
}
