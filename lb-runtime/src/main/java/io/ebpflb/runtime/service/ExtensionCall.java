package io.ebpflb.runtime.service;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one extension of one service during a reconcile. An extension that fails is left alone for a
 * while, so that one that hangs until its deadline cannot hold up verdicts of every service.
 */
final class ExtensionCall {
  private static final Logger LOG = LoggerFactory.getLogger("extensions");

  static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

  private final Loop loop;
  private final String service;
  private final String name;
  private final Runnable retry;
  private Optional<String> problem = Optional.empty();
  private long failures;
  private long pausedUntilNanos;

  /**
   * @param retry called on the loop when the extension is worth asking again
   */
  ExtensionCall(Loop loop, String service, String name, Runnable retry) {
    this.loop = loop;
    this.service = service;
    this.name = name;
    this.retry = retry;
  }

  /**
   * @param question returns empty for an answer that cannot be used; may throw
   */
  <T> T ask(Supplier<Optional<T>> question, T otherwise) {
    if (problem.isPresent() && loop.nanoTime() - pausedUntilNanos < 0) {
      return otherwise;
    }
    try {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        recovered();
        return answer.get();
      }
      failed("gave an answer that cannot be used");
    } catch (RuntimeException e) {
      failed(String.valueOf(e.getMessage()));
    }
    return otherwise;
  }

  /** What the operator should know; empty while all is well. */
  Optional<String> problem() {
    return problem.map(why -> "\"" + name + "\" is left out (" + failures + " failures): " + why);
  }

  private void failed(String why) {
    failures++;
    if (!problem.equals(Optional.of(why))) {
      LOG.warn("service \"{}\": \"{}\" is left out for now: {}", service, name, why);
    }
    problem = Optional.of(why);
    pausedUntilNanos = loop.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
    loop.after(PAUSE_AFTER_FAILURE, retry);
  }

  private void recovered() {
    if (problem.isPresent()) {
      LOG.info("service \"{}\": \"{}\" works again", service, name);
      problem = Optional.empty();
    }
  }
}
