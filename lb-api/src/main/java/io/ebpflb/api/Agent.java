package io.ebpflb.api;

/**
 * Something that lives as long as its plugin and answers no question: a notifier, an announcer, a
 * poller. It works through what it takes from its {@link PluginContext}.
 */
public interface Agent extends AutoCloseable {
  @Override
  default void close() {}
}
