package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Network;
import io.ebpflb.api.PluginContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** The context of one plugin; what it gave out is taken back when it is closed. */
final class RuntimeContext implements PluginContext {
  private static final int TIMERS_MAX = 1000;
  private static final Duration PERIOD_MIN = Duration.ofMillis(10);

  private final String pluginId;
  private final PluginThread thread;
  private final Network network;
  private final ScheduledExecutorService runtime;
  private final Runnable replan;
  private final FailureLog log;
  private final Set<PeriodicTask> timers = ConcurrentHashMap.newKeySet();
  private volatile Record settings;
  private volatile boolean closed;

  /**
   * @param log where failures of periodic tasks go
   */
  RuntimeContext(
      String pluginId,
      PluginThread thread,
      Network network,
      ScheduledExecutorService runtime,
      Runnable replan,
      FailureLog log) {
    this.pluginId = pluginId;
    this.thread = thread;
    this.network = network;
    this.runtime = runtime;
    this.replan = replan;
    this.log = log;
  }

  void configure(Record bound) {
    settings = bound;
  }

  @Override
  public System.Logger logger() {
    return System.getLogger("plugin." + pluginId);
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public <C extends Record> C config(Class<C> type) {
    if (settings == null) {
      throw new IllegalStateException("settings are not known before the plugin is started");
    }
    return type.cast(settings);
  }

  @Override
  public Network network() {
    return network;
  }

  @Override
  public Registration every(Duration period, Runnable task) {
    if (period.compareTo(PERIOD_MIN) < 0) {
      throw new IllegalArgumentException("period " + period + " is below " + PERIOD_MIN);
    }
    if (closed || timers.size() >= TIMERS_MAX) {
      throw new IllegalStateException(
          closed ? "the plugin is closed" : "more than " + TIMERS_MAX + " periodic tasks");
    }
    PeriodicTask timer = new PeriodicTask(period, task, thread, runtime, log, timers::remove);
    timers.add(timer);
    timer.schedule();
    return timer;
  }

  @Override
  public void replan() {
    if (!closed) {
      replan.run();
    }
  }

  void close() {
    closed = true;
    timers.forEach(PeriodicTask::close);
  }
}
