package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Event;
import io.ebpflb.api.Event.Announced;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.Metrics;
import io.ebpflb.api.Network;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/** The context of one plugin; what it gave out is taken back when it is closed. */
final class RuntimeContext implements PluginContext {
  private static final int TIMERS_MAX = 1000;
  private static final Duration PERIOD_MIN = Duration.ofMillis(10);

  private static final int LISTENERS_MAX = 100;
  private static final int OPERATIONS_MAX = 100;

  /** What plugins reach of the runtime. */
  record Services(
      ScheduledExecutorService timers,
      EventHub events,
      MetricRegistry metrics,
      OperationTable operations,
      KeptStates states,
      Runnable replan,
      Consumer<String> refresh) {}

  private final String pluginId;
  private final PluginThread thread;
  private final Fence fence;
  private final Network network;
  private final Services services;
  private final FailureLog log;
  private final PluginMetrics metrics;
  private final LongAdder lostEvents = new LongAdder();
  private final Set<PeriodicTask> timers = ConcurrentHashMap.newKeySet();
  private final Set<Registration> listeners = ConcurrentHashMap.newKeySet();
  private final Set<Registration> operations = ConcurrentHashMap.newKeySet();
  private volatile Record settings;
  private volatile boolean closed;

  /**
   * @param log where failures of periodic tasks and event handlers go
   */
  RuntimeContext(
      String pluginId,
      PluginThread thread,
      Fence fence,
      Network network,
      Services services,
      FailureLog log) {
    this.pluginId = pluginId;
    this.thread = thread;
    this.fence = fence;
    this.network = network;
    this.services = services;
    this.log = log;
    metrics = new PluginMetrics(pluginId, services.metrics());
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
    requireRoom(timers, TIMERS_MAX, "periodic tasks");
    PeriodicTask timer =
        new PeriodicTask(period, task, thread, services.timers(), log, timers::remove);
    timers.add(timer);
    timer.schedule();
    return timer;
  }

  @Override
  public void replan() {
    if (!closed) {
      services.replan().run();
    }
  }

  @Override
  public void refresh() {
    if (!closed) {
      services.refresh().accept(pluginId);
    }
  }

  @Override
  public <E extends Event> Registration on(Class<E> type, Consumer<? super E> handler) {
    requireRoom(listeners, LISTENERS_MAX, "event listeners");
    EventListener<E> listener = new EventListener<>(type, handler, thread, log, lostEvents);
    return keep(listeners, services.events().subscribe(listener));
  }

  @Override
  public void announce(String name, String subject, String detail) {
    if (!closed) {
      String shown = FailureText.clip(subject);
      services
          .events()
          .publish(new Announced(Instant.now(), pluginId, name, shown, FailureText.clip(detail)));
    }
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public <A extends Record> Registration operation(
      String name, Class<A> args, Role role, Function<A, OperationResult> handler) {
    requireRoom(operations, OPERATIONS_MAX, "operations");
    return keep(
        operations, services.operations().add(pluginId, name, args, role, handler, fence, log));
  }

  @Override
  public KeptState state() {
    return services.states().of(pluginId);
  }

  /** Events that found no room in the queues of its listeners. */
  long lostEvents() {
    return lostEvents.sum();
  }

  private void requireRoom(Set<?> taken, int max, String what) {
    if (closed || taken.size() >= max) {
      throw new IllegalStateException(
          closed ? "the plugin is closed" : "more than " + max + " " + what);
    }
  }

  private static Registration keep(Set<Registration> kept, Registration taken) {
    Registration registration =
        new Registration() {
          @Override
          public void close() {
            taken.close();
            kept.remove(this);
          }
        };
    kept.add(registration);
    return registration;
  }

  /** Takes back what was given out. */
  void close() {
    closed = true;
    timers.forEach(PeriodicTask::close);
    listeners.forEach(Registration::close);
    operations.forEach(Registration::close);
    metrics.close();
  }
}
