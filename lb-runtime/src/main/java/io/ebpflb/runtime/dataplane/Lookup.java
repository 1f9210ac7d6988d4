package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Walks the maps for a new flow as {@code select.h} does: service, route, group, slot, backend. */
final class Lookup {
  private final MapReader maps;

  Lookup(MapReader maps) {
    this.maps = maps;
  }

  /** One end of a flow's first packet, and the other. */
  record Flow(Endpoint client, Endpoint service, Protocol protocol) {}

  /**
   * Where a new flow goes, and why.
   *
   * @param routed whether a source route named the group
   * @param slot of the group's table, which has {@code slots}
   * @param backend empty: the group has none, the flow is dropped
   */
  record Choice(
      ServiceEntry service,
      boolean routed,
      int group,
      int slot,
      int slots,
      int backendId,
      Optional<Endpoint> backend) {}

  /**
   * @return empty: no service there
   */
  Optional<Choice> find(Flow flow) {
    return findService(flow).map(service -> choose(flow, service));
  }

  private Optional<ServiceEntry> findService(Flow flow) {
    ByteBuffer key = ByteBuffer.allocate(ServiceKeyLayout.BYTES);
    Endpoint service = flow.service();
    ServiceKeyLayout.encode(
        new ServiceKey(service.address(), service.port(), flow.protocol()), key, 0);
    return maps.findService(key).map(value -> ServiceLayout.decode(value, 0));
  }

  private Choice choose(Flow flow, ServiceEntry service) {
    Optional<Integer> route = service.hasRoutes() ? findRoute(flow, service) : Optional.empty();
    int group = route.orElse(service.group());
    long region = maps.group(group);
    int slots = GroupLayout.size(region);
    if (slots == 0) {
      return new Choice(service, route.isPresent(), group, 0, 0, 0, Optional.empty());
    }
    int slot = Hashes.slot(hash(flow, service.selection()), slots);
    int id = maps.slot(GroupLayout.offset(region) + slot);
    Optional<Endpoint> backend =
        id == 0 ? Optional.empty() : Optional.of(BackendLayout.endpoint(maps.backend(id), 0));
    return new Choice(service, route.isPresent(), group, slot, slots, id, backend);
  }

  private Optional<Integer> findRoute(Flow flow, ServiceEntry service) {
    InetAddress client = flow.client().address();
    int bits = client instanceof Inet4Address ? 32 : 128;
    ByteBuffer key = ByteBuffer.allocate(RouteKeyLayout.BYTES);
    RouteKeyLayout.encode(new RouteKey(service.service(), new Prefix(client, bits)), key, 0);
    return maps.findRoute(key).map(value -> WireFormat.getInt(value, 0));
  }

  private static int hash(Flow flow, Plan.Selection selection) {
    return switch (selection) {
      case RANDOM -> ThreadLocalRandom.current().nextInt();
      case SOURCE -> Hashes.source(flow.client().address());
      case FIVE_TUPLE ->
          Hashes.fiveTuple(
              flow.client().address(),
              flow.client().port(),
              flow.service().address(),
              flow.service().port(),
              flow.protocol());
    };
  }
}
