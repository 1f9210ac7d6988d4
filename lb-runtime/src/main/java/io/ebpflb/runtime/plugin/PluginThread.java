package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a plugin's code runs. What takes longer than it may is interrupted; code
 * that ignores this cannot be stopped in Java, it only keeps its own plugin from answering.
 */
final class PluginThread implements Executor {
  private static final int QUEUE_MAX = 64 * 1024;

  /** How long a continuation (what a plugin chained to a future of ours) may take. */
  private static final Duration CONTINUATION_MAX = Duration.ofSeconds(5);

  /** Beyond its time and an interrupt: what goes on after this goes on for ever. */
  static final Duration HOPELESS_AFTER = Duration.ofSeconds(5);

  private final String pluginId;
  private final ThreadPoolExecutor executor;
  private final Object lock = new Object();
  private volatile Run current;

  PluginThread(String pluginId, ClassLoader loader) {
    this.pluginId = pluginId;
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_MAX),
            body -> {
              Thread thread = new Thread(body, "plugin-" + pluginId);
              thread.setDaemon(true);
              thread.setContextClassLoader(loader);
              return thread;
            });
  }

  /**
   * @throws RejectedExecutionException when too much waits already or the thread is closed
   */
  @Override
  public void execute(Runnable continuation) {
    execute("a continuation", CONTINUATION_MAX, continuation);
  }

  /**
   * @param what for the operator, for example {@code check of 10.0.0.1:80}
   * @param longest after this it is interrupted
   * @throws RejectedExecutionException when too much waits already or the thread is closed
   */
  void execute(String what, Duration longest, Runnable body) {
    executor.execute(
        () -> {
          synchronized (lock) {
            current = new Run(what, longest, Thread.currentThread());
          }
          try {
            body.run();
          } catch (Throwable t) {
            // Only a continuation gets here: calls turn what is thrown into their answer.
            Thread.interrupted();
          } finally {
            synchronized (lock) {
              current = null;
              // An interrupt meant for this run must not hit the next.
              Thread.interrupted();
            }
          }
        });
  }

  /** What has kept the thread busy for longer than it may; empty when all is well. */
  Optional<String> stuck() {
    Run run = current;
    return run != null && run.isOverdue()
        ? Optional.of("its thread has been busy for " + run.seconds() + "s with " + run.what)
        : Optional.empty();
  }

  String pluginId() {
    return pluginId;
  }

  /** The thread, if it cannot be had back. */
  Optional<Thread> hopeless() {
    Run run = current;
    return run != null && run.isOverdueBy(HOPELESS_AFTER)
        ? Optional.of(run.thread)
        : Optional.empty();
  }

  /** Lets what waits finish and then ends; does not wait. */
  void shutdown() {
    executor.shutdown();
  }

  /** Called now and then by a thread of the runtime. */
  void interruptIfStuck() {
    synchronized (lock) {
      if (current != null && current.isOverdue() && !current.interrupted) {
        current.interrupted = true;
        current.thread.interrupt();
      }
    }
  }

  /**
   * Lets what waits finish, then ends the thread.
   *
   * @return whether it has ended; if not, it runs on without a way to stop it
   */
  boolean close(Duration longest) {
    executor.shutdown();
    try {
      // Waiting for what is stuck already would only hold up the shutdown.
      long waitMillis = stuck().isPresent() ? 0 : longest.toMillis();
      if (executor.awaitTermination(waitMillis, TimeUnit.MILLISECONDS)) {
        return true;
      }
      executor.shutdownNow();
      return executor.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
      return executor.isTerminated();
    }
  }

  private static final class Run {
    private final String what;
    private final long longestNanos;
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private boolean interrupted;

    private Run(String what, Duration longest, Thread thread) {
      this.what = what;
      this.longestNanos = longest.toNanos();
      this.thread = thread;
    }

    private boolean isOverdue() {
      return isOverdueBy(Duration.ZERO);
    }

    private boolean isOverdueBy(Duration more) {
      return System.nanoTime() - startNanos > longestNanos + more.toNanos();
    }

    private long seconds() {
      return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    }
  }
}
