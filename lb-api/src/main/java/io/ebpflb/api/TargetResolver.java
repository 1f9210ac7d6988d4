package io.ebpflb.api;

import java.util.concurrent.CompletableFuture;

/** Turns what the config names (a target) into the addresses that receive packets (backends). */
public interface TargetResolver extends AutoCloseable {

  /**
   * Starts one resolution and returns at once: to wait here would hold up all other targets. Called
   * on the plugin's own thread, one call in flight per target; the future may be completed by any
   * thread within ten seconds, after which it is cancelled.
   *
   * <p>A throw, a failed future, null, no entries and more than {@link Backend#GROUP_MAX}, or so
   * many that its group would have more, count as a failed resolution: the last good answer stays
   * in force, and the question comes again after a second, two, and so on up to half a minute. Else
   * it comes again when the answer does not hold any longer, or after {@link
   * PluginContext#refresh()}. The order of entries means nothing.
   */
  CompletableFuture<Resolution> resolve();

  /** The target is gone; on the plugin's own thread, within five seconds. */
  @Override
  default void close() {}
}
