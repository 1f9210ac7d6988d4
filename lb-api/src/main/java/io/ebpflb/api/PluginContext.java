package io.ebpflb.api;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

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

  /** Asks the runtime to resolve all targets of this plugin's resolvers anew, soon. */
  void refresh();

  /**
   * Tells {@code handler} of what happens, on the plugin's own thread, in order: first what is so
   * already (each backend and its health verdict), then what changes. When more than 10,000 events
   * wait, further ones are lost and counted.
   *
   * @param type {@code Event.class} for all, or one of its kinds
   */
  <E extends Event> Registration on(Class<E> type, Consumer<? super E> handler);

  /**
   * Tells all listeners, of all plugins, of something that this plugin did or saw; it becomes an
   * {@link Event.Announced}.
   *
   * @param name kebab-case, for example {@code circuit-opened}
   * @param subject what it is about, for example {@code web/10.0.0.1:8080}
   * @param detail for an operator
   */
  void announce(String name, String subject, String detail);

  /** Metrics of this plugin. */
  Metrics metrics();

  /**
   * Offers something that an operator can call: one declaration gives the API route, the CLI verb,
   * the check of the arguments and the audit entry.
   *
   * @param name words of lower case letters, for example {@code circuit open}
   * @param args a config record, see {@link Doc}, without nested records
   * @param handler called on the plugin's own thread, must answer within ten seconds; an {@link
   *     IllegalArgumentException} tells the caller what is wrong with the arguments
   */
  <A extends Record> Registration operation(
      String name, Class<A> args, Role role, Function<A, OperationResult> handler);

  /** What is kept across upgrades and restarts. */
  KeptState state();

  /** Something taken from the runtime; closing it early gives it back early. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
