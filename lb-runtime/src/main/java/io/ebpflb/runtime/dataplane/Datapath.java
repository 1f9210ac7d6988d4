package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs and maps in the kernel, attached and kept up to date with the network; which
 * services there are is no concern of its own. Acts in the network namespace of the opening thread.
 */
final class Datapath implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Datapath.class);

  private static final String OBJECT = "lb.bpf.o";
  private static final String SWEEP = "lb_sweep";
  static final String KILL = "lb_kill";
  private static final String CLOCK = "lb_clock";

  private final Supplier<List<NetworkLink>> links;

  /** What was opened, to be closed in reverse. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private BpfObject object;
  private PartsLoader parts;
  private BpfMap counts;
  private TableFullWarning warning;
  private Sweeper sweeper;
  private FlowTable flows;
  private BpfMaps maps;
  private Attachments attachments;
  private NeighborKeeper neighbors;

  private Datapath(Supplier<List<NetworkLink>> links) {
    this.links = links;
  }

  /**
   * Loads and attaches: as long as no service is written, every packet passes.
   *
   * @param links asks for all interfaces of the namespace
   * @throws DataPlaneException if something is missing; then nothing is left behind
   */
  static Datapath open(DataPlaneSettings settings, Supplier<List<NetworkLink>> links) {
    return open(settings, links, false);
  }

  /** As {@link #open}, and begins to load what few packets need. */
  static Datapath openWithParts(DataPlaneSettings settings, Supplier<List<NetworkLink>> links) {
    return open(settings, links, true);
  }

  private static Datapath open(
      DataPlaneSettings settings, Supplier<List<NetworkLink>> links, boolean withParts) {
    Datapath datapath = new Datapath(links);
    try {
      datapath.load(settings, withParts);
      return datapath;
    } catch (RuntimeException e) {
      datapath.close();
      throw e;
    }
  }

  private void load(DataPlaneSettings settings, boolean withParts) {
    LibBpf.load();
    Capabilities.require();
    List<NetworkLink> present = links.get();
    List<NetworkLink> configured = configured(settings, present);
    AttachMode mode = AttachMode.choose(settings.hook(), configured, present);
    FlowTableSize flowTable = FlowTableSize.forFlows(settings.flowsMax());
    MapLimits limits =
        MapLimits.of(
            settings.servicesMax(),
            settings.sourceRoutesMax(),
            settings.backendsMax(),
            settings.tableSlotsMax());

    object = closeLater(BpfObject.open(OBJECT));
    BpfMaps.resize(object, limits);
    List<String> attached = List.of(mode.ingressProgram(), Attacher.EGRESS_PROGRAM);
    object.resize("flows", flowTable.blocks()).loadOnly(programs(attached)).load();
    if (withParts) {
      parts = closeLater(PartsLoader.start(OBJECT, object, attached));
    }
    JiffyClock clock = measureClock();
    writeSettings(object, settings, flowTable, clock);

    counts = object.map("counts");
    warning = new TableFullWarning(settings.flowsMax());
    flows = new FlowTable(object, flowTable, clock, this::readClock);
    sweeper = new Sweeper(object.program(SWEEP));
    maps = closeLater(new BpfMaps(object, limits, clock, sweeper));
    if (settings.flowEvents()) {
      closeLater(RingBuffer.open(object.map("events"), "lb-flow-events", new FlowEventLog()));
    }
    attachments = closeLater(Attachments.open(object, settings.hook(), mode, configured, present));
    LOG.info("forwarding by {}", attachments.description());
  }

  /**
   * Begins to follow the network and to sweep.
   *
   * @param localAddresses called with all addresses of the configured interfaces: once during this
   *     call, and on a thread of its own whenever they change
   * @param afterSweep called on the sweep's thread each time the whole table has been swept
   */
  void start(Consumer<List<InetAddress>> localAddresses, Runnable afterSweep) {
    DeviceTable devices =
        new DeviceTable(
            object.map("devices"), object.map("device_slots"), object.map("vlans"), attachments);
    neighbors = closeLater(NeighborKeeper.open(devices::multipath));
    closeLater(
        NetworkWatch.open(
            new NetworkFollower(devices, attachments, neighbors, localAddresses), links));
    // Closed before the maps, which the tasks after a sweep write.
    closeLater(sweeper).start(() -> warning.check(this::counts), afterSweep);
  }

  /** As {@link DataPlane#awaitLoaded}, after {@link #openWithParts}. */
  void awaitParts() {
    parts.await();
  }

  /** Sees to it that these addresses can be reached without asking the network first. */
  void backends(Set<InetAddress> addresses) {
    neighbors.backends(addresses);
  }

  BpfMap map(String name) {
    return object.map(name);
  }

  BpfProgram program(String name) {
    return object.program(name);
  }

  FlowTable flowTable() {
    return flows;
  }

  BpfMaps maps() {
    return maps;
  }

  /** {@code struct lb_counts}, summed over CPUs. */
  long[] counts() {
    return counts.sumPerCpu(0);
  }

  String description() {
    return attachments.description();
  }

  /** Detaches and removes everything. Idempotent. */
  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.error("closing the data plane: {}", e.getMessage(), e);
      }
    }
  }

  private static Set<String> programs(List<String> attached) {
    Set<String> programs = new HashSet<>(Set.of(SWEEP, KILL, CLOCK));
    programs.addAll(attached);
    return programs;
  }

  private <T extends AutoCloseable> T closeLater(T resource) {
    opened.push(resource);
    return resource;
  }

  private static List<NetworkLink> configured(
      DataPlaneSettings settings, List<NetworkLink> present) {
    Map<String, NetworkLink> byName =
        present.stream().collect(Collectors.toMap(NetworkLink::name, Function.identity()));
    List<NetworkLink> configured = new ArrayList<>();
    for (String name : new LinkedHashSet<>(settings.interfaces())) {
      NetworkLink link = byName.get(name);
      if (link == null) {
        throw new DataPlaneException(
            "find interface %s: ENODEV; this network namespace has %s"
                .formatted(name, String.join(", ", byName.keySet().stream().sorted().toList())));
      }
      if (!link.isEthernet()) {
        throw new DataPlaneException(
            "use interface %s: its frames have no Ethernet header; name the interface below or"
                    .formatted(name)
                + " above it");
      }
      configured.add(link);
    }
    return configured;
  }

  /** Both clocks as they are now. */
  private JiffyClock.Reading readClock() {
    int offset = object.btf().variableOffset(".bss", "lb_clock_now");
    try (MappedMemory variables = object.map(".bss").mapped()) {
      return readClock(variables, offset);
    }
  }

  private JiffyClock.Reading readClock(MappedMemory variables, int offset) {
    object.program(CLOCK).run();
    return new JiffyClock.Reading(
        variables.getLong(offset), variables.getLong(offset + Long.BYTES));
  }

  private JiffyClock measureClock() {
    int offset = object.btf().variableOffset(".bss", "lb_clock_now");
    try (MappedMemory variables = object.map(".bss").mapped()) {
      return JiffyClock.measure(() -> readClock(variables, offset));
    }
  }

  private static void writeSettings(
      BpfObject object, DataPlaneSettings settings, FlowTableSize size, JiffyClock clock) {
    try (MappedMemory memory = object.map(".data.settings").mapped()) {
      SettingsLayout.write(memory, settings, size, clock);
    }
  }
}
