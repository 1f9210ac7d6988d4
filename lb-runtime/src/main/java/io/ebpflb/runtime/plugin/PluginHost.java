package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Event;
import io.ebpflb.api.Extension;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.runtime.net.EventLoops;
import io.ebpflb.runtime.net.NettyNetwork;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions that are built in and those of the plugin JARs of a directory. A JAR that cannot
 * be used is reported by {@link #plugins} and {@link #failures} and does not stop the others.
 */
public final class PluginHost implements ExtensionHost {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final Duration CLOSE_MAX = Duration.ofSeconds(6);
  private static final long WATCH_MILLIS = 100;

  private final PrivateCopies copies;
  private final JarPluginManager manager;
  private final ScheduledThreadPoolExecutor runtime;
  private final EventLoops loops = new EventLoops(1);
  private final LoadedPlugin.Shared shared;
  private final Names names = new Names();
  private final List<LoadedPlugin> loaded = new CopyOnWriteArrayList<>();
  private final List<PluginStatus> refused = new CopyOnWriteArrayList<>();
  private final EventHub events = new EventHub();
  private final MetricRegistry metrics = new MetricRegistry();
  private final OperationTable operations = new OperationTable();
  private final KeptStates states;
  private volatile Runnable replan = () -> {};
  private volatile Consumer<Set<String>> refresh = resolvers -> {};
  private boolean closed;

  private PluginHost(PrivateCopies copies, String apiVersion, TlsHandlers tls) {
    this.copies = copies;
    manager = new JarPluginManager(copies.directory(), apiVersion);
    runtime = new ScheduledThreadPoolExecutor(1, PluginHost::runtimeThread);
    runtime.setRemoveOnCancelPolicy(true);
    states = new KeptStates(runtime);
    RuntimeContext.Services services =
        new RuntimeContext.Services(
            runtime, events, metrics, operations, states, () -> replan.run(), this::refresh);
    shared = new LoadedPlugin.Shared(services, loops, tls, NettyNetwork.IN_FLIGHT_MAX_DEFAULT);
    runtime.scheduleWithFixedDelay(
        () -> loaded.forEach(plugin -> plugin.thread().interruptIfStuck()),
        WATCH_MILLIS,
        WATCH_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private static Thread runtimeThread(Runnable body) {
    Thread thread = new Thread(body, "lb-plugins");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Loads what is built in and all {@code *.jar} files of a directory; folders in it are left
   * alone. A directory that is not there counts as empty.
   *
   * @throws IOException when there is no room for private copies of the JARs
   */
  public static PluginHost load(Path directory) throws IOException {
    return load(
        directory,
        Path.of(System.getProperty("java.io.tmpdir")),
        ApiVersion.read(),
        TlsHandlers.withSystemTrust());
  }

  static PluginHost load(Path directory, Path copiesParent, String apiVersion, TlsHandlers tls)
      throws IOException {
    PluginHost host = new PluginHost(PrivateCopies.create(copiesParent), apiVersion, tls);
    host.loadBuiltin(apiVersion);
    PluginFiles files = PluginFiles.scan(directory, host.copies, apiVersion);
    files.refused().forEach(host::refuse);
    files.usable().forEach(host::load);
    return host;
  }

  private void loadBuiltin(String apiVersion) {
    try {
      add(
          new LoadedPlugin(
              BuiltinPlugin.ID,
              apiVersion,
              "",
              PluginHost.class.getClassLoader(),
              () -> PluginOffer.of(new BuiltinPlugin()),
              shared));
    } catch (PluginRefusal e) {
      throw new IllegalStateException(e);
    }
  }

  private void load(PluginJar jar) {
    try {
      ClassLoader loader = manager.load(jar);
      LoadedPlugin plugin =
          new LoadedPlugin(
              jar.id(),
              jar.version(),
              jar.provider(),
              loader,
              () -> PluginOffer.discover(loader),
              shared);
      try {
        names.requireFree(plugin);
      } catch (PluginRefusal e) {
        plugin.beginClose();
        plugin.thread().close(Duration.ZERO);
        throw e;
      }
      add(plugin);
      LOG.info(
          "plugin \"{}\" {} ({}): {}",
          jar.id(),
          jar.version(),
          jar.fileName(),
          String.join(", ", plugin.labels()));
    } catch (PluginRefusal e) {
      manager.unload(jar.id());
      refuse(jar.refusedStatus(e));
    }
  }

  private void refresh(String pluginId) {
    refresh.accept(
        loaded.stream()
            .filter(plugin -> plugin.id().equals(pluginId))
            .flatMap(plugin -> plugin.offer().extensions().stream())
            .filter(extension -> extension.kind() == Extension.Kind.TARGET_RESOLVER)
            .map(Extension::name)
            .collect(Collectors.toSet()));
  }

  private void add(LoadedPlugin plugin) {
    loaded.add(plugin);
    names.add(plugin);
  }

  private void refuse(PluginStatus status) {
    refused.add(status);
    if (status.state() == State.SUPERSEDED) {
      LOG.warn("plugin JAR left out: {}", status.reason());
    } else {
      LOG.error("plugin JAR cannot be used: {}", status.reason());
    }
  }

  /**
   * Where {@code replan()} of plugins goes; called on threads of plugins, so it must be quick and
   * thread-safe. Until it is set, nothing happens.
   */
  public void onReplan(Runnable action) {
    replan = action;
  }

  /** Where {@code refresh()} goes, with the names of the plugin's resolvers; else as for replan. */
  public void onRefresh(Consumer<Set<String>> action) {
    refresh = action;
  }

  /** What plugins keep is read from and written to files of this directory from now on. */
  public void keepStateIn(Path directory) {
    states.keepIn(directory);
  }

  @Override
  public void publish(Event event) {
    events.publish(event);
  }

  @Override
  public boolean isWanted(Class<? extends Event> kind) {
    return events.isWanted(kind);
  }

  /** The metrics of all plugins, and those about them. */
  public List<MetricFamily> metrics() {
    List<MetricFamily> all = new ArrayList<>(metrics.read());
    all.add(
        counts(
            "lb_plugin_failures",
            "Calls that a plugin failed to answer",
            plugin -> plugin.fence().failures().sum()));
    all.add(
        counts(
            "lb_plugin_events_lost",
            "Events that a plugin was too slow to take",
            LoadedPlugin::lostEvents));
    return List.copyOf(all);
  }

  private MetricFamily counts(String name, String help, ToLongFunction<LoadedPlugin> count) {
    return new MetricFamily(
        name,
        help,
        MetricFamily.Type.COUNTER,
        List.of("plugin"),
        loaded.stream()
            .map(
                plugin ->
                    new MetricFamily.Series(
                        List.of(plugin.id()), count.applyAsLong(plugin), List.of()))
            .toList());
  }

  /** What plugins offer to be called by an operator, sorted by name. */
  public List<PluginOperation> operations() {
    return operations.all();
  }

  public Optional<PluginOperation> findOperation(String name) {
    return operations.find(name);
  }

  @Override
  public Optional<Extension<?>> find(Extension.Kind kind, String name) {
    return names.find(kind, name);
  }

  @Override
  public SortedSet<String> names(Extension.Kind kind) {
    return names.of(kind);
  }

  @Override
  public Map<String, Class<? extends Record>> pluginConfigs() {
    Map<String, Class<? extends Record>> configs = new LinkedHashMap<>();
    jars().forEach(plugin -> configs.put(plugin.id(), plugin.offer().config()));
    return configs;
  }

  @Override
  public List<String> failures() {
    return plugins().stream()
        .filter(status -> status.state() == State.FAILED || status.state() == State.INCOMPATIBLE)
        .map(PluginStatus::reason)
        .toList();
  }

  @Override
  public HealthChecker healthChecker(Extension<?> extension, Record settings) {
    return new FencedHealthChecker(create(extension, settings, HealthChecker.class));
  }

  @Override
  public TargetResolver targetResolver(Extension<?> extension, Record settings) {
    return new FencedTargetResolver(create(extension, settings, TargetResolver.class));
  }

  @Override
  public WeightModifier weightModifier(Extension<?> extension, Record settings) {
    return new FencedWeightModifier(create(extension, settings, WeightModifier.class));
  }

  @Override
  public ServiceFeature serviceFeature(Extension<?> extension, Record settings) {
    return new FencedServiceFeature(create(extension, settings, ServiceFeature.class));
  }

  private <T extends AutoCloseable> PluginInstance<T> create(
      Extension<?> extension, Record settings, Class<T> type) {
    return names.owner(extension).create(extension, settings, type);
  }

  @Override
  public List<Agent> start(Map<String, Record> pluginSettings) {
    List<Agent> agents = new ArrayList<>();
    for (LoadedPlugin plugin : loaded) {
      try {
        plugin.start(settings(plugin, pluginSettings)).forEach(made -> agents.add(fenced(made)));
      } catch (ExtensionException e) {
        LOG.error("plugin \"{}\" is out of use: {}", plugin.id(), e.getMessage());
      }
    }
    return List.copyOf(agents);
  }

  private static Record settings(LoadedPlugin plugin, Map<String, Record> given) {
    Record settings = given.get(plugin.id());
    if (settings == null && plugin.offer().config() == NoConfig.class) {
      return new NoConfig();
    }
    if (settings == null) {
      throw new IllegalArgumentException("no settings for plugin \"" + plugin.id() + "\"");
    }
    return settings;
  }

  private static Agent fenced(PluginInstance<Agent> instance) {
    return new Agent() {
      @Override
      public void close() {
        instance.close();
      }
    };
  }

  @Override
  public List<PluginStatus> plugins() {
    List<PluginStatus> all = new ArrayList<>();
    jars().forEach(plugin -> all.add(plugin.status()));
    all.addAll(refused);
    return List.copyOf(all);
  }

  /** How often a plugin failed to answer, by plugin id. */
  public Map<String, Long> failureCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    loaded.forEach(plugin -> counts.put(plugin.id(), plugin.fence().failures().sum()));
    return counts;
  }

  private List<LoadedPlugin> jars() {
    return loaded.stream().filter(plugin -> !plugin.id().equals(BuiltinPlugin.ID)).toList();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    loaded.forEach(LoadedPlugin::beginClose);
    long deadline = System.nanoTime() + CLOSE_MAX.toNanos();
    for (LoadedPlugin plugin : loaded) {
      long rest = Math.max(0, deadline - System.nanoTime());
      if (!plugin.thread().close(Duration.ofNanos(rest))) {
        LOG.warn("plugin \"{}\" ignores that it shall end; its thread stays", plugin.id());
      }
      manager.unload(plugin.id());
    }
    loops.close();
    runtime.shutdownNow();
    copies.close();
  }
}
