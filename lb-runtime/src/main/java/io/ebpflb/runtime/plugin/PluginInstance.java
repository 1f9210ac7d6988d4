package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a factory of a plugin made, and its way to be closed: once, on the plugin's thread. */
final class PluginInstance<T extends AutoCloseable> {
  static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final T made;
  private final String label;
  private final LoadedPlugin plugin;
  private final FailureLog log;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param label for example {@code health checker "http"}
   */
  PluginInstance(T made, String label, LoadedPlugin plugin, FailureLog log) {
    this.made = made;
    this.label = label;
    this.plugin = plugin;
    this.log = log;
  }

  /** One of a plugin that is out of use. */
  static <T extends AutoCloseable> PluginInstance<T> closed(
      String label, LoadedPlugin plugin, FailureLog log) {
    PluginInstance<T> instance = new PluginInstance<>(null, label, plugin, log);
    instance.closed.set(true);
    return instance;
  }

  T made() {
    return made;
  }

  Fence fence() {
    return plugin.fence();
  }

  FailureLog log() {
    return log;
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Instead of an answer once it is closed. */
  ExtensionException refusal() {
    return ExtensionException.notAsked(plugin.closedText());
  }

  /** Does not wait, does not throw. */
  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    plugin.forget(this);
    try {
      plugin.thread().execute("closing " + label, CLOSE_MAX, this::closeMade);
    } catch (RejectedExecutionException e) {
      log.failed("closing", "the plugin is closed or too much waits for it");
    }
  }

  private void closeMade() {
    try {
      made.close();
    } catch (Throwable t) {
      log.failed("closing", t);
    }
  }
}
