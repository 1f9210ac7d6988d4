package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Event;
import io.ebpflb.api.Extension;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.api.WeightModifier;
import java.util.List;
import java.util.Map;

/**
 * Loads plugins and makes extensions, each behind a fence: what it returns is safe to call from the
 * runtime's threads whatever the plugin does.
 *
 * <ul>
 *   <li>A fenced {@link HealthChecker#check} never throws; its future completes within the timeout
 *       and a tenth of a second: normally (a failure of the plugin is a failed check with the
 *       reason as detail), or with an {@link ExtensionException} that says that the plugin was not
 *       asked, which tells nothing of the backend.
 *   <li>A fenced {@link TargetResolver#resolve} never throws; its future completes within the
 *       runtime's deadline, exceptionally with an {@link ExtensionException}.
 *   <li>A fenced {@link WeightModifier#factors} or {@link ServiceFeature#intents} returns within
 *       its deadline or throws {@link ExtensionException}.
 * </ul>
 *
 * No exception or other object of a plugin class gets through; closing is idempotent.
 */
public interface ExtensionHost extends AutoCloseable {

  /** What is on offer at this moment; plugins that come and go do not change it. */
  ExtensionCatalog catalog();

  /**
   * Makes one from its settings. Waits for the plugin, so not to be called where waiting hurts.
   * Closing what is returned does not wait.
   *
   * @throws ExtensionException when the plugin refuses the settings or fails
   */
  HealthChecker healthChecker(Extension<?> extension, Record settings);

  /** See {@link #healthChecker}. */
  TargetResolver targetResolver(Extension<?> extension, Record settings);

  /** See {@link #healthChecker}. */
  WeightModifier weightModifier(Extension<?> extension, Record settings);

  /** See {@link #healthChecker}. */
  ServiceFeature serviceFeature(Extension<?> extension, Record settings);

  /**
   * Gives each plugin its settings and makes its agents; to be called once, when the config is
   * known and before extensions are made. A plugin that fails here is reported by {@link #plugins}
   * and does not stop the others.
   *
   * @param pluginSettings by plugin id; may be left out for a plugin without settings
   */
  void start(Map<String, Record> pluginSettings);

  List<PluginStatus> plugins();

  /** Tells the plugins' listeners. Any thread; does not wait. */
  default void publish(Event event) {}

  /** Whether any plugin listens to events of this kind. */
  default boolean isWanted(Class<? extends Event> kind) {
    return false;
  }

  @Override
  void close();

  /**
   * @param id the file name while the JAR does not tell its id
   * @param reason for an operator, naming the JAR; empty while all is well
   */
  record PluginStatus(
      String id,
      String version,
      String provider,
      State state,
      String reason,
      List<String> extensions) {
    public enum State {
      /** Its extensions are on offer; it has not been given its settings yet. */
      LOADED,
      STARTED,
      /** A higher version of the same plugin is there. */
      SUPERSEDED,
      /** It was made for another version of the API. */
      INCOMPATIBLE,
      FAILED,
      /** It fails again and again and is not asked for a while, or cannot be stopped. */
      QUARANTINED,
      /** An operator took it out of use; services go on with its last answers. */
      DISABLED,
      /**
       * Its JAR is gone; services that the config still names it for go on with its last answers.
       */
      REMOVED
    }
  }
}
