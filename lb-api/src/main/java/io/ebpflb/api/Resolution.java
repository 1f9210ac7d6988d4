package io.ebpflb.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The answer of a {@link TargetResolver}: endpoints with their share of the target's weight, and
 * how long the answer holds.
 */
public final class Resolution {

  /** One endpoint. {@code share} is relative to the other endpoints of the same answer, above 0. */
  public record Entry(InetAddress address, int port, double share) {
    public Entry {
      Objects.requireNonNull(address, "address");
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port " + port + " is not in 1..65535");
      }
      if (!(share > 0) || Double.isInfinite(share)) {
        throw new IllegalArgumentException("share " + share + " is not a positive number");
      }
    }
  }

  /** How long an answer that never changes holds. */
  public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final List<Entry> entries;
  private final Duration validFor;
  private final boolean isNone;

  private Resolution(List<Entry> entries, Duration validFor, boolean isNone) {
    this.isNone = isNone;
    this.entries = List.copyOf(entries);
    this.validFor = Objects.requireNonNull(validFor, "validFor");
  }

  /**
   * An answer without entries counts as a failed resolution, see {@link #none}.
   *
   * @param validFor after this the runtime asks again; {@link #FOREVER} for never
   */
  public static Resolution of(List<Entry> entries, Duration validFor) {
    return new Resolution(entries, validFor, false);
  }

  /** There is no endpoint, on purpose: those that the last answer had are drained. */
  public static Resolution none(Duration validFor) {
    return new Resolution(List.of(), validFor, true);
  }

  /** Endpoints of equal share. */
  public static Resolution of(List<InetAddress> addresses, int port, Duration validFor) {
    List<Entry> entries = new ArrayList<>();
    for (InetAddress address : addresses) {
      entries.add(new Entry(address, port, 1));
    }
    return new Resolution(entries, validFor, false);
  }

  /** Whether it is meant that there is no endpoint. */
  public boolean isNone() {
    return isNone;
  }

  public List<Entry> entries() {
    return entries;
  }

  public Duration validFor() {
    return validFor;
  }
}
