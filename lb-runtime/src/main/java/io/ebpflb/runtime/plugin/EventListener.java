package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Event;
import io.ebpflb.api.Event.HealthChecked;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A plugin's handler and the events that wait for it: bounded, since a plugin may be slower than
 * the world. Each event is a run of its own on the plugin's thread, so that calls get in between.
 */
final class EventListener<E extends Event> {
  static final int WAITING_MAX = 10_000;
  private static final Duration HANDLING_MAX = Duration.ofSeconds(10);

  private final Class<E> type;
  private final Consumer<? super E> handler;
  private final PluginThread thread;
  private final FailureLog log;
  private final LongAdder lost;
  private final Queue<E> waiting = new ArrayDeque<>();
  private boolean isRunning;
  private boolean closed;

  /**
   * @param lost counts events that found no room
   */
  EventListener(
      Class<E> type,
      Consumer<? super E> handler,
      PluginThread thread,
      FailureLog log,
      LongAdder lost) {
    this.type = Objects.requireNonNull(type, "type");
    this.handler = Objects.requireNonNull(handler, "handler");
    this.thread = thread;
    this.log = log;
    this.lost = lost;
  }

  /** There are thousands of checks a second: who wants them must ask for them alone. */
  boolean takes(Class<? extends Event> kind) {
    return type.isAssignableFrom(kind) && (kind != HealthChecked.class || type == kind);
  }

  synchronized void offer(Event event) {
    if (closed || !takes(event.getClass())) {
      return;
    }
    if (waiting.size() >= WAITING_MAX) {
      lost.increment();
    } else {
      waiting.add(type.cast(event));
    }
    if (!isRunning) {
      isRunning = submit();
    }
  }

  /** Forgets what waits. */
  synchronized void close() {
    closed = true;
    waiting.clear();
  }

  private boolean submit() {
    try {
      thread.execute("handling an event", HANDLING_MAX, this::handleNext);
      return true;
    } catch (RejectedExecutionException e) {
      // Tried again with the next event.
      return false;
    }
  }

  private void handleNext() {
    E event;
    synchronized (this) {
      event = waiting.poll();
    }
    try {
      if (event != null) {
        handler.accept(event);
        log.succeeded();
      }
    } catch (Throwable t) {
      log.failed("handling an event", t);
    }
    synchronized (this) {
      isRunning = !waiting.isEmpty() && submit();
    }
  }
}
