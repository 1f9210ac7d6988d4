package io.ebpflb.runtime.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose time moves only when told; tasks run on the calling thread, in order. */
final class ManualLoop implements Loop {
  private record Task(long atNanos, long order, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order));
  private long nanos = 1_000_000_000L;
  private long order;

  @Override
  public Instant now() {
    return Instant.ofEpochSecond(1_000_000, nanos);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public Timer after(Duration delay, Runnable run) {
    Task task = new Task(nanos + delay.toNanos(), order++, run);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  @Override
  public void close() {
    tasks.clear();
  }

  /** Runs what is due now. */
  void run() {
    advance(Duration.ZERO);
  }

  void advance(Duration span) {
    long untilNanos = nanos + span.toNanos();
    while (!tasks.isEmpty() && tasks.peek().atNanos() <= untilNanos) {
      Task task = tasks.remove();
      nanos = Math.max(nanos, task.atNanos());
      task.run().run();
    }
    nanos = untilNanos;
  }
}
