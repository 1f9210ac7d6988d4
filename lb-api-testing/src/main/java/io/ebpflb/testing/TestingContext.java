package io.ebpflb.testing;

import io.ebpflb.api.Event;
import io.ebpflb.api.Event.Announced;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** A context whose time stands still and whose network is a script. For one thread. */
public final class TestingContext implements PluginContext {
  private final ManualClock clock = new ManualClock();
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final List<Timer> timers = new ArrayList<>();
  private final List<Listener<?>> listeners = new ArrayList<>();
  private final List<Announced> announced = new ArrayList<>();
  private final Map<String, Function<Object, OperationResult>> operations = new TreeMap<>();
  private final RecordedMetrics metrics = new RecordedMetrics();
  private final KeptInMemory state = new KeptInMemory();
  private Record settings;
  private int replans;
  private int refreshes;

  /** What {@link #config} answers. */
  public TestingContext withConfig(Record settings) {
    this.settings = settings;
    return this;
  }

  /** Moves time forward and runs the periodic tasks that come due, in order. */
  public void advance(Duration time) {
    Instant end = clock.instant().plus(time);
    for (Optional<Timer> due = nextDue(end); due.isPresent(); due = nextDue(end)) {
      clock.advance(Duration.between(clock.instant(), due.get().at));
      due.get().task.run();
      due.get().at = clock.instant().plus(due.get().period);
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  private Optional<Timer> nextDue(Instant end) {
    return timers.stream()
        .filter(timer -> !timer.at.isAfter(end))
        .min(Comparator.comparing(timer -> timer.at));
  }

  /** How often the plugin asked for new weights. */
  public int replans() {
    return replans;
  }

  /** How often the plugin asked for new answers of its resolvers. */
  public int refreshes() {
    return refreshes;
  }

  /** Tells the plugin's listeners, at once. */
  public void tell(Event event) {
    List.copyOf(listeners).forEach(listener -> listener.offer(event));
  }

  /** What the plugin announced. */
  public List<Announced> announced() {
    return List.copyOf(announced);
  }

  /** Names of the operations on offer. */
  public Set<String> operations() {
    return Set.copyOf(operations.keySet());
  }

  /** Calls an operation. */
  public OperationResult call(String operation, Record args) {
    return operations.get(operation).apply(args);
  }

  /** Periodic tasks that have not been closed. */
  public int openTimers() {
    return timers.size();
  }

  @Override
  public System.Logger logger() {
    return System.getLogger("plugin.testing");
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public <C extends Record> C config(Class<C> type) {
    return type.cast(settings);
  }

  @Override
  public ScriptedNetwork network() {
    return network;
  }

  @Override
  public Registration every(Duration period, Runnable task) {
    Timer timer = new Timer(period, task, clock.instant().plus(period));
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void replan() {
    replans++;
  }

  @Override
  public void refresh() {
    refreshes++;
  }

  @Override
  public <E extends Event> Registration on(Class<E> type, Consumer<? super E> handler) {
    Listener<E> listener = new Listener<>(type, handler);
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void announce(String name, String subject, String detail) {
    announced.add(new Announced(clock.instant(), "testing", name, subject, detail));
  }

  @Override
  public RecordedMetrics metrics() {
    return metrics;
  }

  @Override
  public <A extends Record> Registration operation(
      String name, Class<A> args, Role role, Function<A, OperationResult> handler) {
    operations.put(name, given -> handler.apply(args.cast(given)));
    return () -> operations.remove(name);
  }

  @Override
  public KeptState state() {
    return state;
  }

  private record Listener<E extends Event>(Class<E> type, Consumer<? super E> handler) {
    private void offer(Event event) {
      if (type.isInstance(event)) {
        handler.accept(type.cast(event));
      }
    }
  }

  private static final class KeptInMemory implements KeptState {
    private Kept kept;

    @Override
    public Optional<Kept> load() {
      return Optional.ofNullable(kept);
    }

    @Override
    public void save(Kept state) {
      kept = state;
    }
  }

  private static final class Timer {
    private final Duration period;
    private final Runnable task;
    private Instant at;

    private Timer(Duration period, Runnable task, Instant at) {
      this.period = period;
      this.task = task;
      this.at = at;
    }
  }
}
