package io.ebpflb.api;

import java.util.concurrent.CompletableFuture;

/** Turns what the config names (a target) into the addresses that receive packets (backends). */
public interface TargetResolver extends AutoCloseable {

  /**
   * Starts one resolution and returns at once. Called on the plugin's own thread, one call in
   * flight per target. A throw, a failed future or null counts as a failed resolution: the last
   * good answer stays in force.
   */
  CompletableFuture<Resolution> resolve();

  @Override
  default void close() {}
}
