package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TableFullWarningTest {
  private long seconds = 1_000;
  private long refused;
  private final TableFullWarning warning =
      new TableFullWarning(100, () -> TimeUnit.SECONDS.toNanos(seconds));

  private boolean after(int moreSeconds, int moreRefused) {
    seconds += moreSeconds;
    refused += moreRefused;
    return warning.check(
        () -> {
          long[] counts = new long[CountsLayout.BYTES / Long.BYTES];
          counts[CountsLayout.TABLE / Long.BYTES + TableEvent.PROMOTION_REFUSED.ordinal()] =
              refused;
          return counts;
        });
  }

  @Test
  void warnsAtMostEveryTenSeconds() {
    assertThat(after(1, 0)).isFalse();
    assertThat(after(0, 5)).as("looks once a second").isFalse();
    assertThat(after(1, 0)).isTrue();
    assertThat(after(5, 5)).isFalse();
    assertThat(after(5, 0)).as("tells what was held back").isTrue();
    assertThat(after(20, 0)).isFalse();
  }
}
