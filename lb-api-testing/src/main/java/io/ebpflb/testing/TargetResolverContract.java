package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.TargetResolver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for every target resolver. A test class extends it and says how to make one, and how
 * what it asks can be made to answer, to fail and to be silent.
 */
public abstract class TargetResolverContract {
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private final TestingContext context = new TestingContext();
  private TargetResolver resolver;

  protected abstract TargetResolver resolver(PluginContext context);

  /** From now on what the resolver asks knows backends, always the same. */
  protected abstract void makeItAnswer(ScriptedNetwork network);

  /** From now on what the resolver asks fails. */
  protected void makeItFail(ScriptedNetwork network) {
    network.answer(exchange -> exchange.fail("connection refused"));
    network.answerDns(question -> question.fail("timed out"));
  }

  /** From now on what the resolver asks never answers. */
  protected void makeItSilent(ScriptedNetwork network) {
    network.answer(exchange -> {});
    network.answerDns(question -> {});
  }

  @BeforeEach
  void makeResolver() {
    resolver = resolver(context);
  }

  private CompletableFuture<Resolution> resolve() {
    return assertTimeoutPreemptively(AT_ONCE, () -> resolver.resolve());
  }

  @Test
  void findsBackendsForATime() {
    makeItAnswer(context.network());

    Resolution answer = resolve().join();

    assertThat(answer.entries()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(answer.validFor()).isPositive();
  }

  @Test
  void findsTheSameAgain() {
    makeItAnswer(context.network());

    assertThat(resolve().join().entries())
        .containsExactlyInAnyOrderElementsOf(resolve().join().entries());
  }

  @Test
  void returnsAtOnceWhileNothingAnswers() {
    makeItSilent(context.network());

    assertThat(resolve()).isNotDone();
  }

  /** An answer without backends would be taken for the truth, and drain all there are. */
  @Test
  void failsWithAReasonRatherThanFindNothing() {
    makeItFail(context.network());

    assertThat(failure(resolve())).isNotBlank();
  }

  @Test
  void findsBackendsAgainAfterAFailure() {
    makeItAnswer(context.network());
    resolve().join();
    makeItFail(context.network());
    failure(resolve());
    makeItAnswer(context.network());

    assertThat(resolve().join().entries()).isNotEmpty();
  }

  @Test
  void mayBeClosedTwiceWhileAQuestionIsOpen() {
    makeItSilent(context.network());
    resolve();

    assertThatCode(
            () -> {
              resolver.close();
              resolver.close();
            })
        .doesNotThrowAnyException();
  }

  private static String failure(CompletableFuture<Resolution> resolution) {
    try {
      throw new AssertionError("found " + resolution.join().entries());
    } catch (CompletionException e) {
      return String.valueOf(e.getCause().getMessage());
    }
  }
}
