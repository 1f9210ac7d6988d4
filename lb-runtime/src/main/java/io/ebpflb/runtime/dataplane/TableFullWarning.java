package io.ebpflb.runtime.dataplane;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator that flows find no room in the established tier; for one thread. */
final class TableFullWarning {
  private static final Logger LOG = LoggerFactory.getLogger(TableFullWarning.class);

  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int flowsMax;
  private final LongSupplier nanoTime;
  private long checkedAt;
  private long warnedAt;
  private long refusedBefore;

  TableFullWarning(int flowsMax) {
    this(flowsMax, System::nanoTime);
  }

  TableFullWarning(int flowsMax, LongSupplier nanoTime) {
    this.flowsMax = flowsMax;
    this.nanoTime = nanoTime;
    this.checkedAt = nanoTime.getAsLong();
    this.warnedAt = checkedAt - REPEAT_NANOS;
  }

  /**
   * Looks once a second, however often it is called.
   *
   * @return whether it warned
   */
  boolean check(Supplier<long[]> counts) {
    long now = nanoTime.getAsLong();
    if (now - checkedAt < CHECK_NANOS) {
      return false;
    }
    checkedAt = now;
    long refused = CountsLayout.of(counts.get(), TableEvent.PROMOTION_REFUSED);
    if (refused == refusedBefore || now - warnedAt < REPEAT_NANOS) {
      return false;
    }
    LOG.warn(
        "established tier full for {} flows more: they work, but new ones may evict them; raise"
            + " max-flows (now {})",
        refused - refusedBefore,
        flowsMax);
    refusedBefore = refused;
    warnedAt = now;
    return true;
  }
}
