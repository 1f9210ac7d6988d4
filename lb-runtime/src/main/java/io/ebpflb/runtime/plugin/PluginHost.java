package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Event;
import io.ebpflb.api.Extension;
import io.ebpflb.api.HealthChecker;
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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions that are built in and those of the plugin JARs of a directory. A JAR that cannot
 * be used is reported by {@link #plugins} and does not stop the others.
 */
public final class PluginHost implements ExtensionHost {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final Duration CLOSE_MAX = Duration.ofSeconds(6);
  private static final long WATCH_MILLIS = 500;

  private final PrivateCopies copies;
  private final String apiVersion;
  private final PluginFiles files;
  private final ScheduledThreadPoolExecutor runtime;
  private final Unloader unloader = new Unloader();
  private final EventLoops loops;
  private final LoadedPlugin.Shared shared;
  private final Map<Extension<?>, LoadedPlugin> owners = new ConcurrentHashMap<>();
  private final EventHub events = new EventHub();
  private final MetricRegistry metrics = new MetricRegistry();
  private final OperationTable operations = new OperationTable();
  private final KeptStates states;
  private final DisabledPlugins disabled = new DisabledPlugins();
  private volatile PluginSet current = PluginSet.EMPTY;
  private volatile Runnable replan = () -> {};
  private volatile Consumer<Set<String>> refresh = resolvers -> {};
  private boolean closed;

  private PluginHost(Path directory, PrivateCopies copies, String apiVersion, TlsHandlers tls) {
    this.copies = copies;
    this.apiVersion = apiVersion;
    files = new PluginFiles(directory, copies, apiVersion);
    runtime = new ScheduledThreadPoolExecutor(1, PluginHost::runtimeThread);
    runtime.setRemoveOnCancelPolicy(true);
    loops = new EventLoops(1, runtime);
    states = new KeptStates(runtime);
    RuntimeContext.Services services =
        new RuntimeContext.Services(
            runtime, events, metrics, operations, states, () -> replan.run(), this::refresh);
    shared =
        new LoadedPlugin.Shared(services, loops, tls, NettyNetwork.IN_FLIGHT_MAX_DEFAULT, owners);
    runtime.scheduleWithFixedDelay(
        () -> current.loaded().forEach(plugin -> plugin.thread().interruptIfStuck()),
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
    SharedByProcess.prepare();
    PluginHost host =
        new PluginHost(directory, PrivateCopies.create(copiesParent), apiVersion, tls);
    host.current = PluginSet.EMPTY.withBuiltin(LoadedPlugin.builtin(apiVersion, host.shared));
    host.files.readAll();
    PluginFiles.Selection selection = host.files.select();
    List<PluginStatus> refused = new ArrayList<>(selection.refused());
    for (PluginJar jar : selection.usable()) {
      try {
        host.commit(host.replacing(jar).next());
      } catch (PluginRefusal e) {
        refused.add(jar.refusedStatus(e));
      }
    }
    host.refuse(refused);
    return host;
  }

  PluginFiles files() {
    return files;
  }

  PluginSet current() {
    return current;
  }

  /** This JAR, in the place of an earlier generation of the plugin. Runs its code. */
  PluginSwap replacing(PluginJar jar) throws PluginRefusal {
    return swap(current, List.of(new Source(jar, jar.copy())));
  }

  /** New generations of plugins that are loaded, each from the JAR that it is of. */
  public PluginSwap reloading(Collection<String> ids) throws PluginRefusal {
    List<Source> sources =
        ids.stream()
            .flatMap(id -> current.find(id).stream())
            .map(plugin -> new Source(plugin.jar().orElseThrow(), plugin.copy()))
            .toList();
    return swap(current, sources);
  }

  PluginSwap removing(String id) throws PluginRefusal {
    return swap(current.without(id), List.of());
  }

  private record Source(PluginJar jar, Path copy) {}

  private PluginSwap swap(PluginSet from, List<Source> sources) throws PluginRefusal {
    PluginSet next = from;
    List<LoadedPlugin> newcomers = new ArrayList<>();
    try {
      for (Source source : sources) {
        Path copy = copies.again(source.copy());
        LoadedPlugin plugin = LoadedPlugin.of(source.jar(), copy, apiVersion, shared);
        newcomers.add(plugin);
        next = next.with(plugin);
      }
    } catch (PluginRefusal e) {
      newcomers.forEach(unloader::unload);
      throw e;
    }
    return new PluginSwap(this, newcomers, next);
  }

  /** Makes these the plugins in force; no service uses any other any more. */
  synchronized void commit(PluginSet next) {
    PluginSet before = current;
    become(next.withUnloaded(List.of()).withRefused(stillRefused(before, next)));
    Stream.concat(before.loaded().stream(), before.unloaded().stream())
        .filter(plugin -> !current.loaded().contains(plugin))
        .forEach(unloader::unload);
  }

  /** Without the files that plugins of the next set are new from. */
  private static List<PluginStatus> stillRefused(PluginSet before, PluginSet next) {
    Set<String> loaded = new HashSet<>();
    for (LoadedPlugin plugin : next.jars()) {
      Optional<PluginJar> jarBefore = before.find(plugin.id()).flatMap(LoadedPlugin::jar);
      if (!plugin.jar().equals(jarBefore)) {
        loaded.add(plugin.id());
        loaded.add(plugin.jar().orElseThrow().fileName());
      }
    }
    return before.refused().stream().filter(refused -> !loaded.contains(refused.id())).toList();
  }

  private void become(PluginSet next) {
    PluginSet before = current;
    current = next;
    PluginChanges.tell(before, next, events::publish);
  }

  void unload(LoadedPlugin plugin) {
    unloader.unload(plugin);
  }

  /** Takes it away although services use what it made: they go on with its last answers. */
  synchronized void remove(LoadedPlugin plugin, String reason) {
    plugin.stop(State.REMOVED, reason);
    List<LoadedPlugin> unloaded = new ArrayList<>(current.unloaded());
    unloaded.add(plugin);
    become(current.without(plugin.id()).withUnloaded(unloaded));
    replan.run();
  }

  /** Takes it out of use; it stays there for configs that name it, and nothing runs of it. */
  synchronized void stop(LoadedPlugin plugin, State state, String reason) {
    PluginStatus before = plugin.status();
    plugin.stop(state, reason);
    PluginChanges.tell(before, plugin.status(), events::publish);
    replan.run();
  }

  /** How many threads of generations that were given up still run. */
  long abandonedThreads(String id) {
    return unloader.abandonedThreads(id);
  }

  /** These are the JARs that cannot be used; what is news is logged. */
  synchronized void refuse(List<PluginStatus> refused) {
    for (PluginStatus status : refused) {
      if (current.refused().contains(status)) {
        continue;
      }
      if (status.state() == State.SUPERSEDED) {
        LOG.warn("plugin JAR left out: {}", status.reason());
      } else {
        LOG.error("plugin JAR cannot be used: {}", status.reason());
      }
    }
    become(current.withRefused(refused));
  }

  private void refresh(String pluginId) {
    refresh.accept(
        current.find(pluginId).stream()
            .flatMap(plugin -> plugin.offer().extensions().stream())
            .filter(extension -> extension.kind() == Extension.Kind.TARGET_RESOLVER)
            .map(Extension::name)
            .collect(Collectors.toSet()));
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

  /**
   * What plugins keep, and which of them are disabled, is read from and written to files of this
   * directory from now on; to be called before {@link #start}.
   */
  public void keepStateIn(Path directory) {
    states.keepIn(directory);
    disabled.keepIn(directory);
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
    all.addAll(PluginFigures.of(current, unloader));
    return List.copyOf(all);
  }

  /** What plugins offer to be called by an operator, sorted by name. */
  public List<PluginOperation> operations() {
    return operations.all();
  }

  public Optional<PluginOperation> findOperation(String name) {
    return operations.find(name);
  }

  @Override
  public ExtensionCatalog catalog() {
    return current;
  }

  @Override
  public HealthChecker healthChecker(Extension<?> extension, Record settings) {
    return new FencedHealthChecker(create(extension, settings, HealthChecker.class));
  }

  @Override
  public TargetResolver targetResolver(Extension<?> extension, Record settings) {
    if (settings instanceof StaticResolver.Settings address) {
      // Ours and quick: with thousands of targets, the way to another thread and back is most of
      // it.
      return new StaticResolver(address);
    }
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
    LoadedPlugin owner = owners.get(extension);
    if (owner == null) {
      throw new IllegalArgumentException(
          PluginOffer.label(extension) + " is not an extension of this host");
    }
    return owner.create(extension, settings, type);
  }

  @Override
  public void start(Map<String, Record> pluginSettings) {
    for (LoadedPlugin plugin : current.loaded()) {
      try {
        start(plugin, pluginSettings);
      } catch (ExtensionException e) {
        LOG.error("plugin \"{}\" is out of use: {}", plugin.id(), e.getMessage());
      }
    }
  }

  void start(LoadedPlugin plugin, Map<String, Record> pluginSettings) {
    if (disabled.contains(plugin.id())) {
      stop(plugin, State.DISABLED, "disabled by an operator");
    } else {
      plugin.start(pluginSettings);
    }
  }

  DisabledPlugins disabled() {
    return disabled;
  }

  @Override
  public List<PluginStatus> plugins() {
    return current.statuses();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<LoadedPlugin> all = new ArrayList<>(current.loaded());
    all.addAll(current.unloaded());
    all.forEach(LoadedPlugin::beginClose);
    long deadline = System.nanoTime() + CLOSE_MAX.toNanos();
    for (LoadedPlugin plugin : all) {
      long rest = Math.max(0, deadline - System.nanoTime());
      if (!plugin.end(Duration.ofNanos(rest))) {
        LOG.warn("plugin \"{}\" ignores that it shall end; its thread stays", plugin.id());
      }
    }
    unloader.close();
    loops.close();
    runtime.shutdownNow();
    copies.close();
  }
}
