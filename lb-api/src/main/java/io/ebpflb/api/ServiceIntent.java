package io.ebpflb.api;

import java.time.Duration;
import java.util.Objects;

/**
 * Something that a {@link ServiceFeature} wants of the data plane: a closed set of types. Two that
 * want the same are equal.
 */
public abstract class ServiceIntent {
  ServiceIntent() {}

  /**
   * Established flows of this service end after being idle this long, instead of the instance's
   * timeout. Of several features' wishes the shortest counts.
   *
   * @param timeout one second to one day
   * @throws IllegalArgumentException if it is not
   */
  public static ServiceIntent idleTimeout(Duration timeout) {
    return new IdleTimeout(timeout);
  }

  /** See {@link ServiceIntent#idleTimeout}. */
  public static final class IdleTimeout extends ServiceIntent {
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofDays(1);

    private final Duration timeout;

    IdleTimeout(Duration timeout) {
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      if (timeout.compareTo(MIN) < 0 || timeout.compareTo(MAX) > 0) {
        throw new IllegalArgumentException(
            "idle timeout " + timeout + " is not between a second and a day");
      }
    }

    public Duration timeout() {
      return timeout;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof IdleTimeout that && timeout.equals(that.timeout);
    }

    @Override
    public int hashCode() {
      return timeout.hashCode();
    }

    @Override
    public String toString() {
      return "idle timeout " + timeout;
    }
  }
}
