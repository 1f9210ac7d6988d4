package io.ebpflb.runtime.admin;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that compute responses, two that read and one that changes things, and the bytes of
 * responses not sent yet. Each connection has at most one request here, so the queues are bounded
 * by the number of connections.
 */
final class Workers implements AutoCloseable {

  private static final int READERS = 2;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor readers = executor("admin-worker-", READERS);
  private final ThreadPoolExecutor changer = executor("admin-change-", 1);
  private final AtomicLong unsentBytes = new AtomicLong();
  private final long unsentBytesMax;

  Workers(long unsentBytesMax) {
    this.unsentBytesMax = unsentBytesMax;
  }

  private static ThreadPoolExecutor executor(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Throws RejectedExecutionException once closed. */
  void read(Runnable task) {
    readers.execute(task);
  }

  /** After all changes before it. Throws RejectedExecutionException once closed. */
  void change(Runnable task) {
    changer.execute(task);
  }

  boolean isFull() {
    return unsentBytes.get() >= unsentBytesMax;
  }

  void addUnsent(long bytes) {
    unsentBytes.addAndGet(bytes);
  }

  @Override
  public void close() {
    readers.shutdownNow();
    changer.shutdownNow();
  }
}
