package io.ebpflb.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ebpflb.api.Agent;
import io.ebpflb.api.PluginContext;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every agent. A test class extends it and says how to make one. */
public abstract class AgentContract {
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private final TestingContext context = new TestingContext();
  private Agent agent;

  protected abstract Agent agent(PluginContext context);

  @BeforeEach
  void makeAgent() {
    agent = assertTimeoutPreemptively(AT_ONCE, () -> agent(context));
  }

  private void live() {
    assertTimeoutPreemptively(
        AT_ONCE,
        () -> {
          SampleEvents.all(context.clock().instant()).forEach(context::tell);
          context.advance(Duration.ofMinutes(10));
        });
  }

  @Test
  void takesWhateverHappens() {
    assertThatCode(this::live).doesNotThrowAnyException();
  }

  @Test
  void lastsWhileTheNetworkFails() {
    context.network().answer(exchange -> exchange.fail("connection refused"));
    context.network().answerDns(question -> question.fail("timed out"));

    assertThatCode(this::live).doesNotThrowAnyException();
  }

  @Test
  void mayBeClosedTwice() {
    live();

    assertThatCode(
            () -> {
              agent.close();
              agent.close();
            })
        .doesNotThrowAnyException();
  }
}
