package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import java.util.Collection;
import java.util.List;

/** Brings another set of plugins in force under a running balancer: all of it, or nothing. */
public interface PluginSwitch {

  /** Begins a swap; called when no other change of plugins or config is under way. */
  @FunctionalInterface
  interface Step {
    PluginSwap begin() throws PluginRefusal;
  }

  /**
   * Any thread; waits until what uses the plugins has changed over.
   *
   * @throws PluginRefusal with what is wrong; nothing was changed
   */
  void bring(Step step) throws PluginRefusal;

  /** Runs this while no other change of plugins or config is under way. */
  void exclusively(Runnable action);

  /** Names of the services in force that use any of these. */
  List<String> users(Collection<Extension<?>> extensions);

  /** Another one as soon as another config is in force. Does not wait. */
  String configHash();

  /** Whether a plugin whose JAR was removed goes even if the config names it. */
  boolean unloadsWhatIsUsed();
}
