package io.ebpflb.runtime.plugin;

import io.ebpflb.api.PluginContext.Registration;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A task of a plugin that the runtime runs again and again, on the plugin's thread. */
final class PeriodicTask implements Registration {
  private static final Duration RUN_MAX = Duration.ofSeconds(10);

  private final Duration period;
  private final Runnable task;
  private final PluginThread thread;
  private final ScheduledExecutorService runtime;
  private final FailureLog log;
  private final Consumer<PeriodicTask> ended;
  private Future<?> next;
  private boolean closed;

  PeriodicTask(
      Duration period,
      Runnable task,
      PluginThread thread,
      ScheduledExecutorService runtime,
      FailureLog log,
      Consumer<PeriodicTask> ended) {
    this.period = period;
    this.task = Objects.requireNonNull(task, "task");
    this.thread = thread;
    this.runtime = runtime;
    this.log = log;
    this.ended = ended;
  }

  synchronized void schedule() {
    if (!closed) {
      next = runtime.schedule(this::submit, period.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void submit() {
    try {
      thread.execute("a periodic task", RUN_MAX, this::run);
    } catch (RejectedExecutionException e) {
      schedule();
    }
  }

  private void run() {
    if (isClosed()) {
      return;
    }
    try {
      task.run();
      log.succeeded();
    } catch (Throwable t) {
      log.failed("a periodic task", t);
    }
    try {
      schedule();
    } catch (RejectedExecutionException e) {
      close();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (next != null) {
        next.cancel(false);
      }
    }
    ended.accept(this);
  }
}
