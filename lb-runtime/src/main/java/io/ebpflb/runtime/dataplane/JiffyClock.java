package io.ebpflb.runtime.dataplane;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How many jiffies the kernel counts in a second: no file of every system tells, so it is measured
 * against the kernel's clock.
 */
final class JiffyClock {
  private static final int[] RATES = {100, 250, 300, 1000};
  private static final long SPAN_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int SPAN_TICKS_MIN = 3;

  /** A tick seen later than this after it may have happened says nothing. */
  private static final long EDGE_NANOS_MAX = TimeUnit.MICROSECONDS.toNanos(150);

  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final int perSecond;

  JiffyClock(int perSecond) {
    this.perSecond = perSecond;
  }

  /** One reading of both clocks at once. */
  interface Source {
    Reading read();
  }

  record Reading(long jiffies, long nanos) {}

  /** Takes 20 to 60 ms, more on a busy machine, 2 s at most. */
  static JiffyClock measure(Source source) {
    Reading start = source.read();
    Reading last = start;
    Reading firstEdge = null;
    while (last.nanos() - start.nanos() < DEADLINE_NANOS) {
      Reading now = source.read();
      boolean edge =
          now.jiffies() == last.jiffies() + 1 && now.nanos() - last.nanos() < EDGE_NANOS_MAX;
      last = now;
      if (!edge) {
        continue;
      }
      if (firstEdge == null) {
        firstEdge = now;
      } else if (isLongEnough(firstEdge, now)) {
        return nearest(firstEdge, now);
      }
    }
    // Too busy for a clean edge: over two seconds a tick more or less changes nothing.
    return nearest(start, last);
  }

  private static boolean isLongEnough(Reading from, Reading to) {
    return to.nanos() - from.nanos() >= SPAN_NANOS_MIN
        && to.jiffies() - from.jiffies() >= SPAN_TICKS_MIN;
  }

  private static JiffyClock nearest(Reading from, Reading to) {
    double measured =
        (to.jiffies() - from.jiffies()) * 1e9 / Math.max(1, to.nanos() - from.nanos());
    int best = RATES[0];
    for (int rate : RATES) {
      // By ratio, since 250 and 300 lie close.
      if (Math.abs(Math.log(rate / measured)) < Math.abs(Math.log(best / measured))) {
        best = rate;
      }
    }
    return new JiffyClock(best);
  }

  int perSecond() {
    return perSecond;
  }

  /** Rounded up, at least 1. */
  int jiffies(Duration duration) {
    double jiffies = Math.ceil(duration.toMillis() * (double) perSecond / 1_000);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, jiffies));
  }
}
