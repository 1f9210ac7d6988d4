package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The maps of a loaded object. Not to be used after {@link #close}. */
final class BpfMaps implements MapStore, AutoCloseable {
  private static final Duration GRACE_WITHOUT_MEMBARRIER = Duration.ofSeconds(1);

  private final MapLimits limits;
  private final JiffyClock clock;
  private final BpfMap services;
  private final BpfMap routes;
  private final BpfMap backendCounters;
  private final MappedMemory backends;
  private final MappedMemory groups;
  private final MappedMemory arena;
  private final MappedMemory filter;
  private final MappedMemory settings;
  private final Sweeper sweeper;

  /**
   * @param object loaded, with maps as large as the limits
   */
  BpfMaps(BpfObject object, MapLimits limits, JiffyClock clock, Sweeper sweeper) {
    this.limits = limits;
    this.clock = clock;
    this.sweeper = sweeper;
    this.services = object.map("services");
    this.routes = object.map("source_routes");
    this.backendCounters = object.map("backend_counters");
    this.backends = object.map("backends").mapped();
    this.groups = object.map("groups").mapped();
    this.arena = object.map("arena").mapped();
    this.filter = object.map(".data.filter").mapped();
    this.settings = object.map(".data.settings").mapped();
  }

  /** Gives the object's maps the size of these limits. */
  static void resize(BpfObject object, MapLimits limits) {
    object
        .resize("services", limits.services())
        // The kernel has no map without an element.
        .resize("source_routes", Math.max(1, limits.routes()))
        .resize("groups", limits.groups())
        .resize("backends", limits.backends() + 1)
        .resize("backend_counters", limits.backends() + 1)
        .resize("arena", ArenaLayout.pages(limits.slots()));
  }

  @Override
  public MapLimits limits() {
    return limits;
  }

  @Override
  public void putService(ServiceKey key, ServiceEntry entry) {
    ByteBuffer value = ByteBuffer.allocate(ServiceLayout.BYTES);
    ServiceLayout.encode(entry, value, 0);
    services.update(encode(key), value);
    servicesChanged();
  }

  @Override
  public void removeService(ServiceKey key) {
    services.delete(encode(key));
    servicesChanged();
  }

  /** CPUs keep what they have read from the map until they see another generation. */
  private void servicesChanged() {
    int generation = settings.getInt(SettingsLayout.SERVICES_GENERATION);
    settings.putInt(SettingsLayout.SERVICES_GENERATION, generation + 1);
  }

  @Override
  public void putRoute(RouteKey key, int group) {
    ByteBuffer value = ByteBuffer.allocate(RouteKeyLayout.VALUE_BYTES);
    WireFormat.putInt(value, 0, group);
    routes.update(encode(key), value);
  }

  @Override
  public void removeRoute(RouteKey key) {
    routes.delete(encode(key));
  }

  @Override
  public void putBackend(int id, BackendEntry backend) {
    ByteBuffer value = ByteBuffer.allocate(BackendLayout.BYTES);
    BackendLayout.encode(backend, backend.idleTimeout().map(clock::jiffies).orElse(0), value, 0);
    backends.buffer().put(id * BackendLayout.BYTES, value.array());
  }

  @Override
  public void clearBackendCounters(int id) {
    backendCounters.clearPerCpu(id);
  }

  @Override
  public void setGroup(int group, int offset, int size) {
    groups.setLongRelease(group * GroupLayout.BYTES, GroupLayout.region(offset, size));
  }

  @Override
  public void writeSlots(int offset, short[] ids) {
    arena
        .buffer()
        .slice(offset * ArenaLayout.SLOT_BYTES, ids.length * ArenaLayout.SLOT_BYTES)
        .order(ByteOrder.nativeOrder())
        .asShortBuffer()
        .put(ids);
  }

  @Override
  public void setFilterWord(FilterSet set, int word, long bits) {
    int start = set == FilterSet.SERVICE ? FilterLayout.SERVICE : FilterLayout.BACKEND;
    filter.setLongRelease(start + word * Long.BYTES, bits);
  }

  @Override
  public void awaitReaders() {
    if (!LibC.awaitGracePeriod()) {
      LockSupport.parkNanos(GRACE_WITHOUT_MEMBARRIER.toNanos());
    }
  }

  @Override
  public long sweeps() {
    return sweeper.completed();
  }

  @Override
  public long activeFlows(int backend) {
    return BackendCountersLayout.active(backendCounters.sumPerCpu(backend));
  }

  /** Of the backends with these ids; ids that follow each other are read together. */
  Map<BackendKey, BackendCounters> counters(Map<BackendKey, Integer> ids) {
    int[] sorted = ids.values().stream().mapToInt(Integer::intValue).sorted().toArray();
    Map<Integer, BackendCounters> byId = new HashMap<>();
    for (int from = 0, to; from < sorted.length; from = to) {
      to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[to - 1] + 1) {
        to++;
      }
      backendCounters.sumPerCpu(
          sorted[from],
          to - from,
          (id, words) -> byId.put(id, BackendCountersLayout.decode(words)));
    }
    Map<BackendKey, BackendCounters> counters = new HashMap<>();
    ids.forEach((key, id) -> counters.put(key, byId.get(id)));
    return counters;
  }

  @Override
  public void close() {
    groups.close();
    arena.close();
    backends.close();
    filter.close();
    settings.close();
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
