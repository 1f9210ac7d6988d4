package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Agent;
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
 *   <li>A fenced {@link HealthChecker#check} never throws; its future completes normally within the
 *       timeout (a failure of the plugin is a failed check with the reason as detail).
 *   <li>A fenced {@link TargetResolver#resolve} never throws; its future completes within the
 *       runtime's deadline, exceptionally with an {@link ExtensionException}.
 *   <li>A fenced {@link WeightModifier#factors} or {@link ServiceFeature#intents} returns within
 *       its deadline or throws {@link ExtensionException}.
 * </ul>
 *
 * No exception or other object of a plugin class gets through; closing is idempotent.
 */
public interface ExtensionHost extends ExtensionCatalog, AutoCloseable {

  HealthChecker healthChecker(Extension<?> extension, Record settings);

  TargetResolver targetResolver(Extension<?> extension, Record settings);

  WeightModifier weightModifier(Extension<?> extension, Record settings);

  ServiceFeature serviceFeature(Extension<?> extension, Record settings);

  /** Binds each plugin's settings and makes its agents. Called once, when the config is known. */
  List<Agent> start(Map<String, Record> pluginSettings);

  List<PluginStatus> plugins();

  @Override
  void close();

  /**
   * @param reason empty while all is well
   */
  record PluginStatus(
      String id,
      String version,
      String provider,
      State state,
      String reason,
      List<String> extensions) {
    public enum State {
      STARTED,
      INCOMPATIBLE,
      FAILED
    }
  }
}
