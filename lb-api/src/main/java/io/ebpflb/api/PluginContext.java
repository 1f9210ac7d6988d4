package io.ebpflb.api;

import java.time.Clock;
import java.time.Duration;

/**
 * What a plugin may use of the runtime. Whatever it takes from here the runtime gives back when the
 * plugin goes, so most plugins need no {@code close()}.
 *
 * <p>All methods may be called from any thread and do not block.
 */
public interface PluginContext {

  /** Logs under the plugin's id. */
  System.Logger logger();

  /** Time as the runtime sees it; in tests a manual clock. */
  Clock clock();

  /** The plugin's own settings, bound from {@code [plugin.ID]} to {@link LbPlugin#config()}. */
  <C extends Record> C config(Class<C> type);

  /** Network exchanges, run by the runtime. */
  Network network();

  /**
   * Runs {@code task} on the plugin's own thread, first after one period, then each period after
   * the end of the last run. What it throws is logged and counted; the next run still comes.
   */
  Registration every(Duration period, Runnable task);

  /** Asks the runtime to compute and apply the weights anew, soon. */
  void replan();

  /** Something taken from the runtime; closing it early gives it back early. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
