package io.ebpflb.runtime.admin;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that compute responses, and the bytes of responses not sent yet. Each connection has
 * at most one request here, so the queue is bounded by the number of connections.
 */
final class Workers implements AutoCloseable {

  private static final int THREADS = 2;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;
  private final AtomicLong unsentBytes = new AtomicLong();
  private final long unsentBytesMax;

  Workers(long unsentBytesMax) {
    this.unsentBytesMax = unsentBytesMax;
    AtomicInteger number = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "admin-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** Throws RejectedExecutionException once closed. */
  void run(Runnable task) {
    executor.execute(task);
  }

  boolean isFull() {
    return unsentBytes.get() >= unsentBytesMax;
  }

  void addUnsent(long bytes) {
    unsentBytes.addAndGet(bytes);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
