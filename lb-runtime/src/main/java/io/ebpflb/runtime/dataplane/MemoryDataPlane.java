package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A data plane without a kernel: the same plan writer over maps in memory, and the choice that the
 * BPF program would make. It forwards nothing and counts nothing. Thread-safe.
 */
public final class MemoryDataPlane implements DataPlane {
  private final MemoryMaps maps;
  private final PlanWriter writer;
  private final Lookup lookup;

  /** With room for as much as the defaults allow. */
  public MemoryDataPlane() {
    this(MapLimits.of(4096, 65_536, 16_384, 4 << 20));
  }

  MemoryDataPlane(MapLimits limits) {
    maps = new MemoryMaps(limits);
    writer = new PlanWriter(maps);
    lookup = new Lookup(maps);
  }

  @Override
  public void apply(Plan plan) {
    synchronized (maps) {
      writer.apply(plan);
    }
  }

  /** What wildcard services stand for from now on. */
  public void localAddresses(Collection<InetAddress> addresses) {
    synchronized (maps) {
      writer.localAddresses(addresses);
    }
  }

  /**
   * The backend that a new flow would go to.
   *
   * @return empty if there is no such service, or none of its backends may take new flows
   */
  public Optional<Endpoint> select(
      InetAddress service, int port, Protocol protocol, InetAddress client, int clientPort) {
    Lookup.Flow flow =
        new Lookup.Flow(new Endpoint(client, clientPort), new Endpoint(service, port), protocol);
    synchronized (maps) {
      return lookup.find(flow).flatMap(Lookup.Choice::backend);
    }
  }

  MemoryMaps maps() {
    return maps;
  }

  PlanWriter writer() {
    return writer;
  }

  @Override
  public void awaitLoaded() {}

  @Override
  public Map<BackendKey, BackendCounters> backendCounters() {
    Map<BackendKey, BackendCounters> counters = new HashMap<>();
    writer.backendIds().keySet().forEach(key -> counters.put(key, BackendCounters.ZERO));
    return counters;
  }

  @Override
  public Map<String, Long> drops() {
    return zeros(DropReason.values());
  }

  @Override
  public Map<String, Long> handedToStack() {
    return zeros(HandoverReason.values());
  }

  @Override
  public Map<String, Long> flowTableEvents() {
    return zeros(TableEvent.values());
  }

  private static Map<String, Long> zeros(Counted[] reasons) {
    return Arrays.stream(reasons).collect(Collectors.toMap(Counted::title, reason -> 0L));
  }

  @Override
  public FlowList flows(FlowQuery query, int limit) {
    return new FlowList(List.of(), 0);
  }

  @Override
  public long removeFlows(FlowQuery query) {
    return 0;
  }

  @Override
  public TableSize tableSize() {
    return writer.tableSize();
  }

  @Override
  public List<MapUsage> mapUsage() {
    return writer.usage();
  }

  @Override
  public String description() {
    return "memory";
  }

  @Override
  public void close() {
    apply(Plan.EMPTY);
  }
}
