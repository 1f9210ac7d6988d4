package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.PluginContext;
import io.ebpflb.runtime.net.EventLoops;
import io.ebpflb.runtime.net.NettyNetwork;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One generation of a plugin: its class loader, its thread, its fence, its context and what was
 * made of its extensions. The next generation is loaded beside it and takes over.
 */
final class LoadedPlugin {
  private static final Duration CREATE_MAX = Duration.ofSeconds(10);

  private static final Set<State> STOPPED =
      EnumSet.of(State.DISABLED, State.REMOVED, State.QUARANTINED);

  /** What all plugins share. */
  record Shared(
      RuntimeContext.Services services,
      EventLoops loops,
      TlsHandlers tls,
      int exchangesMax,
      Map<Extension<?>, LoadedPlugin> owners) {}

  private final String id;
  private final String version;
  private final String provider;
  private final Optional<PluginJar> jar;
  private final Path copy;
  private final ClassLoader loader;
  private final Runnable unload;
  private final Map<Extension<?>, LoadedPlugin> owners;
  private final PluginThread thread;
  private final Fence fence;
  private final NettyNetwork network;
  private final RuntimeContext context;
  private final FailureLog makingLog;
  private final PluginOffer offer;
  private final Set<PluginInstance<?>> instances = ConcurrentHashMap.newKeySet();
  private volatile State state = State.LOADED;
  private volatile String problem = "";

  /**
   * @param discovery runs the plugin's code, on its thread
   * @param unload closes the class loader
   */
  private LoadedPlugin(
      String id,
      String version,
      String provider,
      Optional<PluginJar> jar,
      Path copy,
      ClassLoader loader,
      Callable<PluginOffer> discovery,
      Runnable unload,
      Shared shared)
      throws PluginRefusal {
    this.id = id;
    this.version = version;
    this.provider = provider;
    this.jar = jar;
    this.copy = copy;
    this.loader = loader;
    this.unload = unload;
    owners = shared.owners();
    thread = new PluginThread(id, loader);
    EventHub events = shared.services().events();
    fence =
        new Fence(
            thread,
            shared.services().timers(),
            () -> events.publish(PluginChanges.event(status())));
    network = new NettyNetwork(shared.loops(), shared.tls(), thread, shared.exchangesMax());
    FailureLog log = FailureLog.aside("plugin \"" + id + "\"", fence.conduct());
    context = new RuntimeContext(id, thread, fence, network, shared.services(), log);
    makingLog = FailureLog.counting(fence.conduct());
    try {
      offer = fence.await("loading", CREATE_MAX, discovery, found -> found, makingLog);
    } catch (ExtensionException e) {
      end(Duration.ZERO);
      throw PluginRefusal.failed(e.getMessage());
    }
    offer.extensions().forEach(extension -> owners.put(extension, this));
  }

  static LoadedPlugin builtin(String apiVersion, Shared shared) {
    try {
      return new LoadedPlugin(
          BuiltinPlugin.ID,
          apiVersion,
          "",
          Optional.empty(),
          Path.of(""),
          LoadedPlugin.class.getClassLoader(),
          () -> PluginOffer.of(new BuiltinPlugin()),
          () -> {},
          shared);
    } catch (PluginRefusal e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param copy of the JAR for this generation alone, removed when it ends
   */
  static LoadedPlugin of(PluginJar jar, Path copy, String apiVersion, Shared shared)
      throws PluginRefusal {
    JarPluginManager manager = new JarPluginManager(copy, apiVersion);
    ClassLoader loader;
    try {
      loader = manager.load();
    } catch (PluginRefusal e) {
      manager.close();
      throw e;
    }
    return new LoadedPlugin(
        jar.id(),
        jar.version(),
        jar.provider(),
        Optional.of(jar),
        copy,
        loader,
        () -> PluginOffer.discover(loader),
        manager::close,
        shared);
  }

  String id() {
    return id;
  }

  String version() {
    return version;
  }

  /** Empty for what is built in. */
  Optional<PluginJar> jar() {
    return jar;
  }

  /** What its classes are loaded from. */
  Path copy() {
    return copy;
  }

  ClassLoader loader() {
    return loader;
  }

  PluginOffer offer() {
    return offer;
  }

  PluginThread thread() {
    return thread;
  }

  Fence fence() {
    return fence;
  }

  long lostEvents() {
    return context.lostEvents();
  }

  State state() {
    return state;
  }

  PluginStatus status() {
    Optional<String> quarantine = isStopped() ? Optional.empty() : fence.conduct().quarantine();
    State shown = quarantine.isPresent() ? State.QUARANTINED : state;
    String reason =
        Optional.of(problem)
            .filter(text -> !text.isEmpty())
            .or(() -> thread.stuck().or(() -> quarantine).map(text -> id + ": " + text))
            .orElse("");
    return new PluginStatus(id, version, provider, shown, reason, labels());
  }

  List<String> labels() {
    return offer.extensions().stream().map(PluginOffer::label).toList();
  }

  /**
   * Gives it its settings and makes its agents.
   *
   * @throws ExtensionException when it fails; nothing can be made of it from then on
   */
  void start(Map<String, Record> settings) {
    Record own = settings(settings);
    context.configure(own);
    try {
      offer.extensions().stream()
          .filter(extension -> extension.kind() == Extension.Kind.AGENT)
          .forEach(extension -> create(extension, own, Agent.class));
      state = State.STARTED;
    } catch (ExtensionException e) {
      problem = e.getMessage();
      state = State.FAILED;
      instances.forEach(PluginInstance::close);
      throw e;
    }
  }

  private Record settings(Map<String, Record> given) {
    Record settings = given.get(id);
    if (settings == null && offer.config() == NoConfig.class) {
      return new NoConfig();
    }
    if (settings == null) {
      throw new IllegalArgumentException("no settings for plugin \"" + id + "\"");
    }
    return settings;
  }

  /** Says something of it to the operator while it goes on. */
  void remark(String text) {
    problem = text;
  }

  /**
   * Takes everything back from it. What was made of it stays and answers that it cannot be asked,
   * so that whoever uses it goes on with the last good answers. Does not wait.
   */
  void stop(State why, String reason) {
    problem = reason;
    state = why;
    beginClose();
    thread.shutdown();
  }

  boolean isStopped() {
    return STOPPED.contains(state);
  }

  /** For who asks something that was made of it and is closed. */
  String closedText() {
    return isStopped() ? problem : "it is closed";
  }

  <T extends AutoCloseable> PluginInstance<T> create(
      Extension<?> extension, Record settings, Class<T> type) {
    String label = PluginOffer.label(extension);
    FailureLog log = new FailureLog("plugin \"" + id + "\": " + label, fence.conduct());
    if (isStopped()) {
      return PluginInstance.closed(label, this, log);
    }
    if (state == State.FAILED) {
      throw new ExtensionException("plugin \"" + id + "\" does not run: " + problem);
    }
    try {
      T made =
          fence.await(
              "making " + label,
              CREATE_MAX,
              () -> make(extension, settings, context),
              type::cast,
              makingLog);
      PluginInstance<T> instance = new PluginInstance<>(made, label, this, log);
      instances.add(instance);
      return instance;
    } catch (ExtensionException e) {
      throw new ExtensionException(
          label + " of plugin \"" + id + "\" cannot be made: " + e.getMessage());
    }
  }

  private static <C extends Record> Object make(
      Extension<C> extension, Record settings, PluginContext context) {
    return extension.factory().create(extension.configType().cast(settings), context);
  }

  void forget(PluginInstance<?> instance) {
    instances.remove(instance);
  }

  /** Takes everything back; its thread then does what is left to do. Does not wait. */
  void beginClose() {
    fence.close();
    context.close();
    network.close();
    instances.forEach(PluginInstance::close);
  }

  /**
   * Closes it and its class loader.
   *
   * @param longest to wait for its thread
   * @return whether its thread has ended; if not, nothing can end it
   */
  boolean end(Duration longest) {
    beginClose();
    boolean hasEnded = thread.close(longest);
    unload.run();
    owners.values().removeIf(plugin -> plugin == this);
    return hasEnded;
  }
}
