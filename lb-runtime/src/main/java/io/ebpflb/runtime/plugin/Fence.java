package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The border around one plugin. A question is put on the plugin's thread; its answer is copied into
 * an object of the runtime, has a deadline, and completes on a thread of the runtime.
 */
final class Fence {

  /** An answer this late is still taken, so that the plugin's own words about a timeout win. */
  static final Duration GRACE = Duration.ofMillis(100);

  private final PluginThread thread;
  private final ScheduledExecutorService runtime;
  private final Conduct conduct;
  private final Set<Call<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param runtime where deadlines are watched and answers complete
   * @param changed see {@link Conduct}
   */
  Fence(PluginThread thread, ScheduledExecutorService runtime, Runnable changed) {
    this.thread = thread;
    this.runtime = runtime;
    conduct = new Conduct(thread.pluginId(), System::nanoTime, changed);
  }

  Conduct conduct() {
    return conduct;
  }

  /**
   * Asks for a future and follows it.
   *
   * @param released called once, when the plugin has nothing to do with the question any more
   * @return completes with the copy or an {@link ExtensionException}
   */
  <V, T> CompletableFuture<T> follow(
      String what,
      Duration deadline,
      Callable<CompletableFuture<V>> question,
      Function<V, T> copy,
      FailureLog log,
      Runnable released) {
    return begin(new Call<>(what, question, copy, log, released, runtime), deadline);
  }

  /**
   * Asks and waits for the answer. Not to be called on the plugin's own thread.
   *
   * @throws ExtensionException when the plugin throws, answers null, or is not in time
   */
  <V, T> T await(
      String what, Duration deadline, Callable<V> question, Function<V, T> copy, FailureLog log) {
    Executor direct = Runnable::run;
    Callable<CompletableFuture<V>> asked = () -> CompletableFuture.completedFuture(question.call());
    CompletableFuture<T> answer =
        begin(new Call<>(what, asked, copy, log, () -> {}, direct), deadline);
    try {
      return answer.get(deadline.plus(GRACE).plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ExtensionException(e.getCause().getMessage());
    } catch (TimeoutException e) {
      throw new ExtensionException(FailureText.late(deadline));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExtensionException("interrupted");
    }
  }

  private <T> CompletableFuture<T> begin(Call<?, T> call, Duration deadline) {
    Optional<String> refusal =
        closed ? Optional.of("the plugin is closed") : thread.stuck().or(conduct::refusal);
    if (refusal.isPresent()) {
      call.refuse(refusal.get());
      return call.answer();
    }
    calls.add(call);
    call.answer().whenComplete((value, failure) -> calls.remove(call));
    try {
      call.timedBy(
          runtime.schedule(
              () -> call.late(thread, FailureText.late(deadline)),
              deadline.plus(GRACE).toNanos(),
              TimeUnit.NANOSECONDS));
      call.start(thread, deadline.plus(GRACE));
    } catch (RejectedExecutionException e) {
      call.refuse("the plugin is closed");
    }
    return call.answer();
  }

  /** Fails what is under way and all that comes. The thread is closed by its owner. */
  void close() {
    closed = true;
    calls.forEach(call -> call.giveUp("the plugin is being closed"));
  }
}
