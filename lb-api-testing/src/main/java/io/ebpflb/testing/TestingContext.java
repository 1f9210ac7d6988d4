package io.ebpflb.testing;

import io.ebpflb.api.PluginContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A context whose time stands still and whose network is a script. For one thread. */
public final class TestingContext implements PluginContext {
  private final ManualClock clock = new ManualClock();
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final List<Timer> timers = new ArrayList<>();
  private Record settings;
  private int replans;

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
