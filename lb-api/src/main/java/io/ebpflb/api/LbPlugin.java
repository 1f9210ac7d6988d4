package io.ebpflb.api;

import java.util.List;

/**
 * The one entry point of a plugin JAR, named in {@code META-INF/services/io.ebpflb.api.LbPlugin}.
 *
 * <p>The runtime makes one instance per load, on the plugin's own thread. A constructor or method
 * that throws makes the plugin fail with that text as reason; nothing else is affected.
 */
public interface LbPlugin {

  /** What this plugin offers; at least one. Asked once, right after construction. */
  List<Extension<?>> extensions();

  /**
   * The record that the config table {@code [plugin.ID]} is bound to; see {@link Doc} for the rules
   * of config records. The bound value is {@link PluginContext#config}.
   */
  default Class<? extends Record> config() {
    return NoConfig.class;
  }
}
