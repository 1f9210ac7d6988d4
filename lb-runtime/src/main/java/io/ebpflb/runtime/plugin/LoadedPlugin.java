package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Extension;
import io.ebpflb.api.PluginContext;
import io.ebpflb.runtime.net.EventLoops;
import io.ebpflb.runtime.net.NettyNetwork;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** One plugin that runs: its thread, its fence, its context and what was made of its extensions. */
final class LoadedPlugin {
  private static final Duration CREATE_MAX = Duration.ofSeconds(10);

  /** What all plugins share. */
  record Shared(
      RuntimeContext.Services services, EventLoops loops, TlsHandlers tls, int exchangesMax) {}

  private final String id;
  private final String version;
  private final String provider;
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
   */
  LoadedPlugin(
      String id,
      String version,
      String provider,
      ClassLoader loader,
      Callable<PluginOffer> discovery,
      Shared shared)
      throws PluginRefusal {
    this.id = id;
    this.version = version;
    this.provider = provider;
    thread = new PluginThread(id, loader);
    fence = new Fence(thread, shared.services().timers());
    network = new NettyNetwork(shared.loops(), shared.tls(), thread, shared.exchangesMax());
    FailureLog log = new FailureLog("plugin \"" + id + "\"", fence.failures());
    context = new RuntimeContext(id, thread, fence, network, shared.services(), log);
    makingLog = FailureLog.counting(fence.failures());
    try {
      offer = fence.await("loading", CREATE_MAX, discovery, found -> found, makingLog);
    } catch (ExtensionException e) {
      beginClose();
      thread.close(Duration.ZERO);
      throw PluginRefusal.failed(e.getMessage());
    }
  }

  String id() {
    return id;
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

  PluginStatus status() {
    String reason =
        problem.isEmpty() ? thread.stuck().map(text -> id + ": " + text).orElse("") : problem;
    return new PluginStatus(id, version, provider, state, reason, labels());
  }

  List<String> labels() {
    return offer.extensions().stream().map(PluginOffer::label).toList();
  }

  /**
   * Gives it its settings and makes its agents.
   *
   * @throws ExtensionException when it fails; nothing can be made of it from then on
   */
  List<PluginInstance<Agent>> start(Record settings) {
    context.configure(settings);
    try {
      List<PluginInstance<Agent>> agents =
          offer.extensions().stream()
              .filter(extension -> extension.kind() == Extension.Kind.AGENT)
              .map(extension -> create(extension, settings, Agent.class))
              .toList();
      state = State.STARTED;
      return agents;
    } catch (ExtensionException e) {
      fail(e.getMessage());
      throw e;
    }
  }

  void fail(String reason) {
    problem = reason;
    state = State.FAILED;
    instances.forEach(PluginInstance::close);
  }

  <T extends AutoCloseable> PluginInstance<T> create(
      Extension<?> extension, Record settings, Class<T> type) {
    String label = PluginOffer.label(extension);
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
      FailureLog log = new FailureLog("plugin \"" + id + "\": " + label, fence.failures());
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
}
