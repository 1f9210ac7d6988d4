package io.ebpflb.api;

import java.time.Duration;
import java.util.Objects;

/** Something that a {@link ServiceFeature} wants of the data plane: a closed set of types. */
public abstract class ServiceIntent {
  ServiceIntent() {}

  /** Flows of this service end after being idle this long, instead of the instance's timeout. */
  public static ServiceIntent idleTimeout(Duration timeout) {
    return new IdleTimeout(timeout);
  }

  /** See {@link ServiceIntent#idleTimeout}. */
  public static final class IdleTimeout extends ServiceIntent {
    private final Duration timeout;

    IdleTimeout(Duration timeout) {
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("idle timeout must be above zero");
      }
    }

    public Duration timeout() {
      return timeout;
    }
  }
}
