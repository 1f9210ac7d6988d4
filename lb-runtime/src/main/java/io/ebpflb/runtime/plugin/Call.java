package io.ebpflb.runtime.plugin;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One question on its way through the fence.
 *
 * @param <V> what the plugin answers
 * @param <T> the runtime's copy of it
 */
final class Call<V, T> {
  private static final Duration CANCEL_MAX = Duration.ofSeconds(1);

  private final String what;
  private final Callable<CompletableFuture<V>> question;
  private final Function<V, T> copy;
  private final FailureLog log;
  private final Runnable released;
  private final Executor completion;
  private final CompletableFuture<T> answer = new CompletableFuture<>();
  private final AtomicBoolean inFlight = new AtomicBoolean(true);
  private volatile CompletableFuture<V> asked;

  /**
   * @param copy runs the plugin's code, on a thread of the plugin; may throw
   * @param released called once, when the plugin has nothing to do with the question any more
   * @param completion where the answer completes
   */
  Call(
      String what,
      Callable<CompletableFuture<V>> question,
      Function<V, T> copy,
      FailureLog log,
      Runnable released,
      Executor completion) {
    this.what = what;
    this.question = question;
    this.copy = copy;
    this.log = log;
    this.released = released;
    this.completion = completion;
  }

  CompletableFuture<T> answer() {
    return answer;
  }

  /** The timer is stopped when the answer is there. */
  void timedBy(Future<?> timer) {
    answer.whenComplete((value, failure) -> timer.cancel(false));
  }

  void start(PluginThread thread, Duration longest) {
    try {
      thread.execute(what, longest, this::ask);
    } catch (RejectedExecutionException e) {
      refuse("the plugin is closed or too much waits for it");
    }
  }

  private void ask() {
    if (answer.isDone()) {
      release();
      return;
    }
    try {
      CompletableFuture<V> future = question.call();
      if (future == null) {
        throw new ExtensionException("it answered null");
      }
      asked = future;
      future.whenComplete(this::answered);
      if (answer.isDone()) {
        future.cancel(true);
      }
    } catch (Throwable t) {
      release();
      threw(t);
    }
  }

  private void answered(V value, Throwable failure) {
    release();
    if (failure != null) {
      threw(failure);
      return;
    }
    try {
      if (value == null) {
        throw new ExtensionException("it answered null");
      }
      T copied = copy.apply(value);
      log.succeeded();
      complete(() -> answer.complete(copied));
    } catch (Throwable t) {
      threw(t);
    }
  }

  private void threw(Throwable failure) {
    String text = FailureText.of(failure);
    if (!answer.isDone() && !FailureText.isExpected(failure)) {
      log.failed(what, unwrapped(failure));
    }
    complete(() -> fail(text));
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private void complete(Runnable step) {
    try {
      completion.execute(step);
    } catch (RejectedExecutionException e) {
      step.run();
    }
  }

  /** On a thread of the runtime: the answer is not waited for any longer. */
  void late(PluginThread thread, String reason) {
    if (!fail(reason)) {
      return;
    }
    log.failed(what, reason);
    try {
      // Cancelling runs what the plugin chained to its future, so it is the plugin's thread's job.
      thread.execute("cancelling " + what, CANCEL_MAX, this::cancelAsked);
    } catch (RejectedExecutionException e) {
      // It is closed: nothing of it runs any more.
    }
  }

  private void cancelAsked() {
    CompletableFuture<V> future = asked;
    if (future != null) {
      future.cancel(true);
    }
  }

  /** Instead of starting it. */
  void refuse(String reason) {
    giveUp(reason);
    release();
  }

  /** Not waited for any longer, for a reason that is not in the question. */
  void giveUp(String reason) {
    answer.completeExceptionally(ExtensionException.notAsked(reason));
  }

  boolean fail(String reason) {
    return answer.completeExceptionally(new ExtensionException(reason));
  }

  private void release() {
    if (inFlight.compareAndSet(true, false)) {
      released.run();
    }
  }
}
