package io.ebpflb.runtime.plugin;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes generations of plugins, and proves that they are gone: that their class loaders, and with
 * them all of their classes, were collected. Thread-safe.
 */
final class Unloader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");

  static final Duration THREAD_MAX = Duration.ofSeconds(6);

  /** Swaps come in bursts, and what was asked of a plugin ends soon: one collection for all. */
  static final Duration SETTLE = Duration.ofSeconds(1);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(8);

  /** Pools of the JDK keep an idle thread for a minute, and a thread its maker's class loader. */
  private static final Duration COLLECTED_MAX = Duration.ofSeconds(90);

  private static final int THREADS_NAMED_MAX = 5;

  private static final class Departed {
    private final String plugin;
    private final String version;
    private final WeakReference<ClassLoader> loader;
    private boolean hasEnded;
    private long endedNanos;
    private boolean isOverdue;

    private Departed(LoadedPlugin plugin) {
      this.plugin = plugin.id();
      this.version = plugin.version();
      this.loader = new WeakReference<>(plugin.loader());
    }

    private void ended() {
      hasEnded = true;
      endedNanos = System.nanoTime();
    }

    private boolean isTooLate() {
      return hasEnded && System.nanoTime() - endedNanos > COLLECTED_MAX.toNanos();
    }
  }

  private final ScheduledThreadPoolExecutor executor;
  private final List<Departed> departed = new ArrayList<>();
  private final Map<String, List<WeakReference<Thread>>> abandoned = new HashMap<>();
  private boolean isLookPlanned;
  private Duration pause = SETTLE;

  Unloader() {
    executor = new ScheduledThreadPoolExecutor(1, Unloader::thread);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static Thread thread(Runnable body) {
    Thread thread = new Thread(body, "lb-plugin-unload");
    thread.setDaemon(true);
    return thread;
  }

  /** Closes it soon; does not wait. */
  void unload(LoadedPlugin plugin) {
    Departed one = new Departed(plugin);
    synchronized (this) {
      departed.add(one);
    }
    executor.execute(() -> end(plugin, one));
  }

  private void end(LoadedPlugin plugin, Departed one) {
    plugin.thread().hopeless().ifPresent(thread -> abandon(plugin.id(), thread));
    if (!plugin.end(THREAD_MAX)) {
      LOG.warn(
          "plugin \"{}\" {} ignores that it shall end; its thread stays until a restart",
          plugin.id(),
          plugin.version());
    }
    synchronized (this) {
      one.ended();
      planLook(SETTLE);
    }
  }

  private synchronized void abandon(String plugin, Thread thread) {
    abandoned.computeIfAbsent(plugin, id -> new ArrayList<>()).add(new WeakReference<>(thread));
  }

  /** Threads of this plugin that were given up and still run. */
  synchronized long abandonedThreads(String plugin) {
    return abandoned.getOrDefault(plugin, List.of()).stream()
        .map(WeakReference::get)
        .filter(thread -> thread != null && thread.isAlive())
        .count();
  }

  private void planLook(Duration delay) {
    if (!isLookPlanned && !executor.isShutdown()) {
      isLookPlanned = true;
      executor.schedule(this::look, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    System.gc();
    synchronized (this) {
      isLookPlanned = false;
      boolean isAnyAwaited = false;
      for (Iterator<Departed> each = departed.iterator(); each.hasNext(); ) {
        Departed one = each.next();
        ClassLoader loader = one.loader.get();
        if (loader == null) {
          each.remove();
        } else if (one.isTooLate()) {
          warnOnce(one, loader);
        } else {
          isAnyAwaited |= one.hasEnded;
        }
      }
      if (isAnyAwaited) {
        pause = pause.compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        planLook(pause);
      } else {
        pause = SETTLE;
      }
    }
  }

  private static void warnOnce(Departed one, ClassLoader loader) {
    if (!one.isOverdue) {
      one.isOverdue = true;
      LOG.warn(
          "plugin \"{}\" {} was unloaded, but its classes are still in memory after {} s: {}",
          one.plugin,
          one.version,
          COLLECTED_MAX.toSeconds(),
          holders(loader));
    }
  }

  /** As far as can be told: threads that it started or that run its code. */
  static String holders(ClassLoader loader) {
    Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
    List<String> names =
        all.entrySet().stream()
            .filter(each -> belongsTo(loader, each.getKey(), each.getValue()))
            .map(each -> "\"" + each.getKey().getName() + "\"")
            .sorted()
            .limit(THREADS_NAMED_MAX)
            .toList();
    return names.isEmpty()
        ? "no thread of it is alive, something else refers to them (a driver or hook that it"
            + " registered, a static field of the JDK)"
        : "held by its threads " + String.join(", ", names);
  }

  private static boolean belongsTo(ClassLoader loader, Thread thread, StackTraceElement[] stack) {
    return thread.getContextClassLoader() == loader
        || thread.getClass().getClassLoader() == loader
        || Arrays.stream(stack)
            .anyMatch(frame -> Objects.equals(loader.getName(), frame.getClassLoaderName()));
  }

  /** Generations that are being closed or were, and not collected yet, by plugin id. */
  synchronized Map<String, Long> awaited() {
    return count(false);
  }

  /** Generations that were not collected in time, by plugin id. */
  synchronized Map<String, Long> retained() {
    return count(true);
  }

  private Map<String, Long> count(boolean isOverdue) {
    Map<String, Long> counts = new TreeMap<>();
    for (Departed one : departed) {
      if (one.isOverdue == isOverdue && one.loader.get() != null) {
        counts.merge(one.plugin, 1L, Long::sum);
      }
    }
    return counts;
  }

  /** Waits for what is being closed. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(THREAD_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
