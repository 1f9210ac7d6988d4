package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The maps as plain memory, byte for byte what the kernel's hold. Not thread-safe. */
final class MemoryMaps implements MapStore, MapReader {
  private final MapLimits limits;
  private final Map<ByteBuffer, byte[]> services = new HashMap<>();
  private final Map<ByteBuffer, byte[]> routes = new HashMap<>();
  private final long[] groups;
  private final byte[] arena;
  private final byte[] backends;
  private final long[][] filter = new long[FilterSet.values().length][FilterLayout.WORDS];
  private final Map<Integer, Long> activeFlows = new HashMap<>();
  private long sweeps;

  MemoryMaps(MapLimits limits) {
    this.limits = limits;
    groups = new long[limits.groups()];
    arena = new byte[ArenaLayout.pages(limits.slots()) * ArenaLayout.PAGE_BYTES];
    backends = new byte[(limits.backends() + 1) * BackendLayout.BYTES];
  }

  @Override
  public MapLimits limits() {
    return limits;
  }

  @Override
  public void putService(ServiceKey key, ServiceEntry entry) {
    byte[] value = new byte[ServiceLayout.BYTES];
    ServiceLayout.encode(entry, ByteBuffer.wrap(value), 0);
    putBounded(services, encode(key), value, limits.services(), "services");
  }

  @Override
  public void removeService(ServiceKey key) {
    services.remove(encode(key));
  }

  @Override
  public void putRoute(RouteKey key, int group) {
    byte[] value = new byte[RouteKeyLayout.VALUE_BYTES];
    WireFormat.putInt(ByteBuffer.wrap(value), 0, group);
    putBounded(routes, encode(key), value, limits.routes(), "source_routes");
  }

  @Override
  public void removeRoute(RouteKey key) {
    routes.remove(encode(key));
  }

  @Override
  public void putBackend(int id, BackendEntry backend) {
    if (id < 1 || id > limits.backends()) {
      throw new IndexOutOfBoundsException("backend " + id);
    }
    long jiffies = backend.idleTimeout().map(timeout -> timeout.toMillis()).orElse(0L);
    BackendLayout.encode(backend, (int) jiffies, ByteBuffer.wrap(backends), at(id));
  }

  @Override
  public void clearBackendCounters(int id) {
    activeFlows.remove(id);
  }

  @Override
  public void setGroup(int group, int offset, int size) {
    groups[group] = GroupLayout.region(offset, size);
  }

  @Override
  public void writeSlots(int offset, short[] ids) {
    if (offset + ids.length > limits.slots()) {
      throw new IndexOutOfBoundsException("slot " + (offset + ids.length - 1));
    }
    ByteBuffer slots = ByteBuffer.wrap(arena);
    for (int i = 0; i < ids.length; i++) {
      WireFormat.putShort(slots, (offset + i) * ArenaLayout.SLOT_BYTES, ids[i]);
    }
  }

  @Override
  public void setFilterWord(FilterSet set, int word, long bits) {
    filter[set.ordinal()][word] = bits;
  }

  @Override
  public void awaitReaders() {
    // Readers are calls of this thread.
  }

  @Override
  public long sweeps() {
    return sweeps;
  }

  @Override
  public long activeFlows(int backend) {
    return activeFlows.getOrDefault(backend, 0L);
  }

  /** Lets flows with a backend exist, which only {@link #sweep} notices. */
  void setActiveFlows(int backend, long flows) {
    activeFlows.put(backend, flows);
  }

  /** A sweep of the whole flow table. */
  void sweep() {
    sweeps++;
  }

  @Override
  public Optional<ByteBuffer> findService(ByteBuffer key) {
    return Optional.ofNullable(services.get(key)).map(ByteBuffer::wrap);
  }

  @Override
  public Optional<ByteBuffer> findRoute(ByteBuffer key) {
    byte[] masked = key.array().clone();
    ByteBuffer view = ByteBuffer.wrap(masked);
    int bits = WireFormat.getInt(view, RouteKeyLayout.PREFIX_BITS) - RouteKeyLayout.PREFIX_BASE;
    for (int length = bits; length >= 0; length--) {
      if (length < bits) {
        masked[RouteKeyLayout.ADDR + length / 8] &= (byte) (0xff00 >> length % 8);
      }
      WireFormat.putInt(view, RouteKeyLayout.PREFIX_BITS, RouteKeyLayout.PREFIX_BASE + length);
      byte[] value = routes.get(view);
      if (value != null) {
        return Optional.of(ByteBuffer.wrap(value));
      }
    }
    return Optional.empty();
  }

  @Override
  public long group(int group) {
    return groups[group];
  }

  @Override
  public int slot(int offset) {
    return WireFormat.getShort(ByteBuffer.wrap(arena), offset * ArenaLayout.SLOT_BYTES);
  }

  @Override
  public ByteBuffer backend(int id) {
    return ByteBuffer.wrap(backends, at(id), BackendLayout.BYTES).slice();
  }

  /** Whether the filter lets a packet to or from this endpoint pass on to a lookup. */
  boolean filterHas(FilterSet set, Plan.Endpoint endpoint, int ipProtocol) {
    int bit = Hashes.filterBit(endpoint.address(), endpoint.port(), ipProtocol);
    return (filter[set.ordinal()][bit >> 6] >>> (bit & 63) & 1) != 0;
  }

  private static int at(int backend) {
    return backend * BackendLayout.BYTES;
  }

  private static void putBounded(
      Map<ByteBuffer, byte[]> map, ByteBuffer key, byte[] value, int limit, String name) {
    if (map.size() >= limit && !map.containsKey(key)) {
      throw new DataPlaneException("update " + name + ": E2BIG; it holds " + limit);
    }
    map.put(key, value);
  }

  private static ByteBuffer encode(ServiceKey key) {
    ByteBuffer bytes = ByteBuffer.allocate(ServiceKeyLayout.BYTES);
    ServiceKeyLayout.encode(key, bytes, 0);
    return bytes;
  }

  private static ByteBuffer encode(RouteKey key) {
    ByteBuffer bytes = ByteBuffer.allocate(RouteKeyLayout.BYTES);
    RouteKeyLayout.encode(key, bytes, 0);
    return bytes;
  }
}
