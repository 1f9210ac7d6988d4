package io.ebpflb.api;

/**
 * Something that lives as long as its plugin and answers no question: a notifier, an announcer, a
 * poller. It works through what it takes from its {@link PluginContext}, which it may do from its
 * factory on.
 *
 * <p>Made once, on the plugin's own thread, when the config is known; a factory that throws or
 * takes longer than ten seconds makes the whole plugin fail. What its tasks and handlers throw is
 * logged and counted, and they are called again.
 */
public interface Agent extends AutoCloseable {
  /** When the plugin goes; on the plugin's own thread, within five seconds. */
  @Override
  default void close() {}
}
