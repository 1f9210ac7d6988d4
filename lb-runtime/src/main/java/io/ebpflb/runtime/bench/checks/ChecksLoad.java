package io.ebpflb.runtime.bench.checks;

import java.time.Duration;

/**
 * What is checked.
 *
 * @param targets of each service, each a host of its own
 * @param interval of the checks
 * @param measured how long they are looked at
 * @param failures hosts that fail then, each in a service of its own
 * @param reloads with one change each
 */
public record ChecksLoad(
    int services, int targets, Duration interval, Duration measured, int failures, int reloads) {

  /** 10,000 targets each 5 s. */
  public static final ChecksLoad FULL =
      new ChecksLoad(1000, 10, Duration.ofSeconds(5), Duration.ofSeconds(30), 20, 10);

  public ChecksLoad {
    // Addresses that end in 0 are hosts like others here.
    if (services * targets >= CheckedHosts.HOSTS_MAX || failures > services) {
      throw new IllegalArgumentException("too many targets or failures");
    }
  }

  int hosts() {
    return services * targets;
  }

  /** Which host a service's first target is; 1 is the first of all. */
  int firstHost(int service) {
    return 1 + service * targets;
  }
}
