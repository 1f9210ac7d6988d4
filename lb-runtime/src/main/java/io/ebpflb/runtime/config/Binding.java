package io.ebpflb.runtime.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gives a config its meaning, on a thread of its own: constructors of settings records are code of
 * plugins, and one that does not return must not hold up whoever asked, with all reloads to come.
 */
final class Binding {
  /** Ten thousand services take a second. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** What is done on the thread. */
  interface Step {
    Configuration bind() throws ConfigException;
  }

  private Binding() {}

  /**
   * @throws ConfigException as the step does, and when it takes longer
   */
  static Configuration within(Duration longest, Path file, Step step) throws ConfigException {
    CompletableFuture<Configuration> bound = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(step, bound), "lb-config");
    thread.setDaemon(true);
    thread.start();
    try {
      return bound.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String problem =
          "%s: not bound within %s: %s"
              .formatted(file, DurationText.format(longest), culprit(thread.getStackTrace()));
      thread.interrupt();
      throw new ConfigException(problem + "; nothing was changed", List.of(problem));
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while binding " + file, e);
    } catch (ExecutionException e) {
      return rethrow(e.getCause());
    }
  }

  private static void run(Step step, CompletableFuture<Configuration> bound) {
    try {
      bound.complete(step.bind());
    } catch (Throwable t) {
      bound.completeExceptionally(t);
    }
  }

  private static Configuration rethrow(Throwable cause) throws ConfigException {
    if (cause instanceof ConfigException refused) {
      throw refused;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) cause;
  }

  /** The innermost settings record that is being made. */
  private static String culprit(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .filter(frame -> frame.getMethodName().equals("<init>"))
        .findFirst()
        .map(frame -> "the constructor of " + frame.getClassName() + " does not return")
        .orElse("the machine is too busy");
  }
}
