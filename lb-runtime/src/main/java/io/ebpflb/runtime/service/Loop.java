package io.ebpflb.runtime.service;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * One thread with a clock and timers. State that only its tasks touch needs no locks; tasks run in
 * the order they came. Any thread may hand tasks in; those that come after {@link #close} are
 * ignored.
 */
interface Loop extends Executor, AutoCloseable {

  Instant now();

  /** For measuring spans; only differences mean anything. */
  long nanoTime();

  /** Runs the task once, after the delay, unless cancelled before. */
  Timer after(Duration delay, Runnable task);

  /** Waits for the task that is running and drops the rest. */
  @Override
  void close();

  interface Timer {
    Timer NONE = () -> {};

    void cancel();
  }
}
