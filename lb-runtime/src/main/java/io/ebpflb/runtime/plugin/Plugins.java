package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an operator can see and do of single plugins. Any thread; what changes something waits. */
public interface Plugins {

  /**
   * A plugin in detail. Not to be kept: it holds the plugin's classes.
   *
   * @param fileName of its JAR
   * @param requires the range of API versions that it was made for
   * @param services names of those that use it, in the order of the config
   * @param failures calls that it failed to answer since it was loaded
   * @param settings what a config may say, by where it says it
   */
  record PluginInfo(
      PluginStatus status,
      String fileName,
      String requires,
      List<String> services,
      long failures,
      Map<String, Class<? extends Record>> settings) {}

  /** One that is loaded; empty if there is none of this id. */
  Optional<PluginInfo> find(String id);

  /** Loads it anew from its JAR as it is now, even if that is of an older version. */
  void reload(String id) throws PluginRefusal;

  /**
   * Takes it out of use, until {@link #enable}, over restarts too. Services that use it go on with
   * its last answers.
   *
   * @param isForced even if services use it
   */
  void disable(String id, boolean isForced) throws PluginRefusal;

  void enable(String id) throws PluginRefusal;
}
