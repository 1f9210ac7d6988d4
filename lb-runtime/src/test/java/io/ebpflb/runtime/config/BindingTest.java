package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BindingTest {
  private static final Path FILE = Path.of("lb.toml");

  /** Settings whose constructor waits for ever, unless it is interrupted. */
  private record Sleepy(CountDownLatch interrupted) {
    private Sleepy {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
    }
  }

  @Test
  void aConstructorThatDoesNotReturnIsGivenUpAndNamed() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                Binding.within(
                    Duration.ofSeconds(1),
                    FILE,
                    () -> {
                      new Sleepy(interrupted);
                      return null;
                    }))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "lb.toml: not bound within 1s: the constructor of "
                + Sleepy.class.getName()
                + " does not return; nothing was changed");

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsWrongIsToldAsItIs() {
    ConfigException wrong = new ConfigException("wrong", List.of("wrong"));
    assertThatThrownBy(
            () ->
                within(
                    () -> {
                      throw wrong;
                    }))
        .isSameAs(wrong);

    RuntimeException bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                within(
                    () -> {
                      throw bug;
                    }))
        .isSameAs(bug);

    Error error = new NoClassDefFoundError("a/B");
    assertThatThrownBy(
            () ->
                within(
                    () -> {
                      throw error;
                    }))
        .isSameAs(error);
  }

  private static Configuration within(Binding.Step step) throws ConfigException {
    return Binding.within(Binding.LONGEST, FILE, step);
  }
}
