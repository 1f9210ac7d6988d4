package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.JiffyClock.Reading;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JiffyClockTest {
  /** A kernel's clocks, read every {@code stepNanos} or a little later. */
  private static final class Machine implements JiffyClock.Source {
    private final long tickNanos;
    private final long stepNanos;
    private final Random random = new Random(7);
    private final long start = 123_456_789_012L;
    private long now = start;

    private Machine(int rate, long stepNanos) {
      this.tickNanos = 1_000_000_000L / rate;
      this.stepNanos = stepNanos;
    }

    @Override
    public Reading read() {
      now += stepNanos + random.nextLong(stepNanos / 4);
      return new Reading(4_294_937_296L + now / tickNanos, now);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 250, 300, 1000})
  void measuresWithinSixtyMillis(int rate) {
    Machine machine = new Machine(rate, 10_000);
    assertThat(JiffyClock.measure(machine).perSecond()).isEqualTo(rate);
    assertThat(Duration.ofNanos(machine.now - machine.start)).isLessThan(Duration.ofMillis(60));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 250, 300, 1000})
  void measuresOnAMachineThatIsTooBusyForEdges(int rate) {
    assertThat(JiffyClock.measure(new Machine(rate, 3_000_000)).perSecond()).isEqualTo(rate);
  }

  @Test
  void roundsUp() {
    JiffyClock clock = new JiffyClock(250);
    assertThat(clock.jiffies(Duration.ofSeconds(30))).isEqualTo(7_500);
    assertThat(clock.jiffies(Duration.ofMillis(5))).isEqualTo(2);
    assertThat(clock.jiffies(Duration.ZERO)).isEqualTo(1);
    assertThat(clock.jiffies(Duration.ofDays(1_000))).isEqualTo(Integer.MAX_VALUE);
  }
}
