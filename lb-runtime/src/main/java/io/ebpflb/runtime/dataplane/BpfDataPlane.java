package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.config.TableSize;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Forwards in the kernel, by BPF programs in XDP or TC. After {@link #close} all else throws. */
public final class BpfDataPlane implements DataPlane {
  /** How often a slice of the flow table is swept. */
  public static final Duration SWEEP_PERIOD = Sweeper.PERIOD;

  private final Datapath datapath;
  private final PlanWriter writer;
  private final int flowsMax;

  /** Read: the maps are in use. Write: they go. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  /** Those that neighbours are kept for; empty before the first plan. */
  private Optional<Map<BackendKey, Integer>> reachable = Optional.empty();

  private BpfDataPlane(Datapath datapath, int flowsMax) {
    this.datapath = datapath;
    this.writer = new PlanWriter(datapath.maps());
    this.flowsMax = flowsMax;
  }

  /**
   * Loads the programs and attaches them, in the network namespace of the calling thread; they let
   * everything pass until a plan is applied. Takes some hundred milliseconds.
   *
   * @throws DataPlaneException if the environment refuses; then nothing is left behind
   */
  public static BpfDataPlane open(DataPlaneSettings settings) {
    return open(settings, NetworkLink::list);
  }

  /** As {@link #open(DataPlaneSettings)}, with interfaces as these say; called by two threads. */
  static BpfDataPlane open(DataPlaneSettings settings, Supplier<List<NetworkLink>> links) {
    Datapath datapath = Datapath.openWithParts(settings, links);
    try {
      BpfDataPlane dataPlane = new BpfDataPlane(datapath, settings.flowsMax());
      datapath.start(dataPlane::localAddresses, dataPlane.writer::reclaim);
      return dataPlane;
    } catch (RuntimeException e) {
      datapath.close();
      throw e;
    }
  }

  /** One of the loaded programs, for measuring it. */
  public BpfProgram program(String name) {
    return whileOpen(() -> datapath.program(name));
  }

  /** A map as it is, for tests and tools that look at flows. */
  BpfMap map(String name) {
    return whileOpen(() -> datapath.map(name));
  }

  @Override
  public void apply(Plan plan) {
    whileOpen(
        () -> {
          writer.apply(plan);
          keepReachable();
          return null;
        });
  }

  /** With them, wildcard services may get backends of another family. */
  private void localAddresses(List<InetAddress> addresses) {
    writer.localAddresses(addresses);
    if (hasPlan()) {
      keepReachable();
    }
  }

  private synchronized boolean hasPlan() {
    return reachable.isPresent();
  }

  /** With thousands of backends it costs as much as the rest of a small change. */
  private synchronized void keepReachable() {
    Map<BackendKey, Integer> backends = writer.backendIds();
    if (reachable.isEmpty() || reachable.get() != backends) {
      datapath.backends(
          backends.keySet().stream()
              .map(backend -> backend.endpoint().address())
              .collect(Collectors.toSet()));
      reachable = Optional.of(backends);
    }
  }

  @Override
  public void awaitLoaded() {
    // Without the lock: it may be closed meanwhile.
    datapath.awaitParts();
  }

  @Override
  public Map<BackendKey, BackendCounters> backendCounters() {
    return whileOpen(() -> datapath.maps().counters(writer.backendIds()));
  }

  @Override
  public Map<BackendKey, BackendCounters> backendCounters(Collection<BackendKey> backends) {
    return whileOpen(
        () -> {
          Map<BackendKey, Integer> all = writer.backendIds();
          Map<BackendKey, Integer> wanted = new HashMap<>();
          for (BackendKey backend : backends) {
            Integer id = all.get(backend);
            if (id != null) {
              wanted.put(backend, id);
            }
          }
          return datapath.maps().counters(wanted);
        });
  }

  @Override
  public Map<String, Long> drops() {
    return CountsLayout.drops(counts());
  }

  @Override
  public Map<String, Long> handedToStack() {
    return CountsLayout.handovers(counts());
  }

  @Override
  public Map<String, Long> flowTableEvents() {
    return CountsLayout.tableEvents(counts());
  }

  @Override
  public FlowList flows(FlowQuery query, int limit) {
    return whileOpen(() -> datapath.flowTable().list(query, limit, writer.backendIds()));
  }

  @Override
  public long removeFlows(FlowQuery query) {
    return whileOpen(() -> datapath.flowTable().remove(query, writer.backendIds()));
  }

  @Override
  public TableSize tableSize() {
    return writer.tableSize();
  }

  @Override
  public List<MapUsage> mapUsage() {
    return whileOpen(
        () -> {
          List<MapUsage> usage = new ArrayList<>(writer.usage());
          usage.add(
              new MapUsage("flows", CountsLayout.establishedLines(datapath.counts()), flowsMax));
          return List.copyOf(usage);
        });
  }

  @Override
  public String description() {
    return whileOpen(datapath::description);
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
    } finally {
      use.writeLock().unlock();
    }
    // Without the lock: what is stopped here may be waiting for the writer.
    datapath.close();
  }

  private long[] counts() {
    return whileOpen(datapath::counts);
  }

  private <T> T whileOpen(Supplier<T> task) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the data plane is closed");
      }
      return task.get();
    } finally {
      use.readLock().unlock();
    }
  }
}
