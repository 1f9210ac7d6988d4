package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Agent;
import java.util.List;
import java.util.Map;

/**
 * Another set of plugins, made beside the one in force. The config is bound to its {@link
 * #catalog}, services take extensions of it, and then it is the one in force; or it is given up and
 * nothing was changed. For one thread.
 */
public final class PluginSwap {
  private final PluginHost host;
  private final List<LoadedPlugin> newcomers;
  private final PluginSet next;

  PluginSwap(PluginHost host, List<LoadedPlugin> newcomers, PluginSet next) {
    this.host = host;
    this.newcomers = newcomers;
    this.next = next;
  }

  PluginSet next() {
    return next;
  }

  public ExtensionCatalog catalog() {
    return next;
  }

  /**
   * Gives new plugins their settings and makes their {@linkplain Agent agents}.
   *
   * @throws ExtensionException if one fails
   */
  public void start(Map<String, Record> pluginSettings) {
    newcomers.forEach(plugin -> host.start(plugin, pluginSettings));
  }

  /** Services use the new plugins from now on; those that they replaced are closed soon. */
  public void commit() {
    host.commit(next);
  }

  /** Closes what was made for it. */
  public void giveUp() {
    newcomers.forEach(host::unload);
  }
}
