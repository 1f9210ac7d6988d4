package io.ebpflb.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Answers one question: does this backend work right now? Schedule, timeouts, rise and fall counts
 * and what follows from them are the runtime's.
 */
public interface HealthChecker extends AutoCloseable {

  /**
   * Starts one check and returns at once: to wait here would hold up the checks of all other
   * backends. Called on the plugin's own thread, at most one call in flight per backend. The
   * runtime cancels the future when {@code timeout} has passed; checks made with {@link
   * PluginContext#network()} end then by themselves.
   *
   * <p>A throw, a future that fails, null, and a cancelled future count as a failed check with that
   * text as reason. The future may be completed by any thread.
   *
   * @param backend may be kept
   * @param timeout how long the answer may take, from the call on
   */
  CompletableFuture<CheckResult> check(Backend backend, Duration timeout);

  /** No check is under way; on the plugin's own thread, within five seconds. */
  @Override
  default void close() {}
}
