package io.ebpflb.runtime.dataplane;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.MapContent.Listener;
import io.ebpflb.runtime.dataplane.MapContent.Table;
import io.ebpflb.runtime.dataplane.MapContent.Target;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads services, routes, groups, tables and backends back from the kernel. */
final class KernelReader {

  /** What the product has no need of: which keys a map holds. */
  private interface Keys extends Library {
    Keys INSTANCE = Native.load("libbpf.so.1", Keys.class);

    int bpf_map_get_next_key(int fd, Pointer key, Pointer next);
  }

  private record Route(int service, byte family, Prefix source, int group) {}

  private final BpfDataPlane dataPlane;

  /** Whose backends a backend's number was found with: one owner only. */
  private final Map<Integer, Integer> owners = new HashMap<>();

  private KernelReader(BpfDataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** By listener; fails if something is there that leads nowhere. */
  static Map<ServiceKey, Listener> services(BpfDataPlane dataPlane) {
    return new KernelReader(dataPlane).services();
  }

  private Map<ServiceKey, Listener> services() {
    List<Route> routes = routes();
    Set<Route> used = new HashSet<>();
    Map<ServiceKey, Listener> services = new HashMap<>();
    BpfMap map = dataPlane.map("services");
    for (ByteBuffer key : keys(map)) {
      ByteBuffer value = value(map, key, ServiceLayout.BYTES);
      ServiceEntry entry = ServiceLayout.decode(value, 0);
      byte family = key.get(ServiceKeyLayout.FAMILY);
      Map<Prefix, Table> ofService = new HashMap<>();
      for (Route route : routes) {
        if (route.service() == entry.service() && route.family() == family) {
          used.add(route);
          ofService.put(route.source(), table(route.group(), entry.service()));
        }
      }
      if (entry.hasRoutes() == ofService.isEmpty()) {
        throw new AssertionError("the flag of routes is wrong, there are " + ofService);
      }
      services.put(
          new ServiceKey(
              WireFormat.address(key, ServiceKeyLayout.ADDR, family),
              WireFormat.port(key, ServiceKeyLayout.PORT),
              key.get(ServiceKeyLayout.IP_PROTO) == WireFormat.IPPROTO_TCP
                  ? Protocol.TCP
                  : Protocol.UDP),
          new Listener(entry.selection(), table(entry.group(), entry.service()), ofService));
    }
    if (used.size() != routes.size()) {
      throw new AssertionError("routes of no service among " + routes);
    }
    return services;
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    BpfMap map = dataPlane.map("source_routes");
    for (ByteBuffer key : keys(map)) {
      byte family = key.get(RouteKeyLayout.FAMILY);
      int bits = WireFormat.getInt(key, RouteKeyLayout.PREFIX_BITS);
      routes.add(
          new Route(
              WireFormat.getShort(key, RouteKeyLayout.SERVICE),
              family,
              new Prefix(
                  WireFormat.address(key, RouteKeyLayout.ADDR, family),
                  bits - RouteKeyLayout.PREFIX_BASE),
              WireFormat.getInt(value(map, key, RouteKeyLayout.VALUE_BYTES), 0)));
    }
    return routes;
  }

  private Table table(int group, int service) {
    long region;
    try (MappedMemory groups = dataPlane.map("groups").mapped()) {
      region = groups.buffer().order(ByteOrder.nativeOrder()).getLong(group * GroupLayout.BYTES);
    }
    List<Target> bySlot = new ArrayList<>();
    Map<Integer, Target> known = new HashMap<>();
    try (MappedMemory arena = dataPlane.map("arena").mapped()) {
      for (int i = 0; i < GroupLayout.size(region); i++) {
        int at = (GroupLayout.offset(region) + i) * ArenaLayout.SLOT_BYTES;
        int id = WireFormat.getShort(arena.buffer(), at);
        bySlot.add(known.computeIfAbsent(id, each -> backend(each, service)));
      }
    }
    if (Set.copyOf(known.values()).size() != known.size()) {
      throw new AssertionError("one backend has several numbers: " + known);
    }
    return Table.of(bySlot);
  }

  private Target backend(int id, int service) {
    if (owners.computeIfAbsent(id, each -> service) != service) {
      throw new AssertionError("two services share backend " + id);
    }
    ByteBuffer key = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    ByteBuffer value = value(dataPlane.map("backends"), key.putInt(0, id), BackendLayout.BYTES);
    return new Target(
        BackendLayout.endpoint(value, 0),
        value.get(BackendLayout.IP_PROTO),
        WireFormat.getInt(value, BackendLayout.IDLE_TIMEOUT) != 0);
  }

  /**
   * The words of a half of the filter.
   *
   * @param start {@link FilterLayout#SERVICE} or {@link FilterLayout#BACKEND}
   */
  static long[] filter(BpfDataPlane dataPlane, int start) {
    long[] words = new long[FilterLayout.WORDS];
    try (MappedMemory filter = dataPlane.map(".data.filter").mapped()) {
      for (int word = 0; word < words.length; word++) {
        words[word] =
            filter.buffer().order(ByteOrder.nativeOrder()).getLong(start + word * Long.BYTES);
      }
    }
    return words;
  }

  private static ByteBuffer value(BpfMap map, ByteBuffer key, int bytes) {
    ByteBuffer value = ByteBuffer.allocate(bytes);
    if (!map.lookup(key.duplicate(), value)) {
      throw new AssertionError("a key of " + map.name() + " has no value");
    }
    return value.rewind();
  }

  private static List<ByteBuffer> keys(BpfMap map) {
    List<ByteBuffer> keys = new ArrayList<>();
    try (Memory key = new Memory(map.keySize());
        Memory next = new Memory(map.keySize())) {
      Pointer from = null;
      while (Keys.INSTANCE.bpf_map_get_next_key(map.fd(), from, next) == 0) {
        byte[] bytes = next.getByteArray(0, map.keySize());
        keys.add(ByteBuffer.wrap(bytes));
        key.write(0, bytes, 0, bytes.length);
        from = key;
      }
    }
    return keys;
  }
}
